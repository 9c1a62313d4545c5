"""Which PostgreSQL and Valkey are used: the ones given, or one's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from config.engines import binaries
from config.engines.postgres import Postgres
from config.engines.valkey import Valkey
from config.launch import keys
from config.launch.house import House, Stop, step

Engine = Postgres | Valkey


@dataclass
class Engines:
    """Both addresses, and the engines that are ours to start and stop."""

    database_url: str
    redis_url: str
    own: list[Engine] = field(default_factory=list)
    # Changes when our own cluster is made anew: its contents are then to be made, too.
    cluster: str = ""

    def environment(self) -> dict[str, str]:
        """The two settings, under their names."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


def start(house: House) -> Engines:
    """Starts what is not given by DATABASE_URL and REDIS_URL. Raises `Stop`."""
    durable = house.purpose == "demo"
    engines = Engines(
        os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    )
    try:
        if not engines.database_url:
            postgres = _postgres(house, durable)
            _start(engines, postgres)
            engines.database_url = postgres.url
            engines.cluster = (postgres.home / "ready").read_text(encoding="ascii")
        if not engines.redis_url:
            valkey = _valkey(house, durable)
            _start(engines, valkey)
            engines.redis_url = valkey.url
    except BaseException:
        stop(engines)
        raise
    return engines


def _start(engines: Engines, engine: Engine) -> None:
    engines.own.append(engine)
    if not engine.alive():
        with step(f"{engine.name} started"):
            engine.start()


def stop(engines: Engines) -> None:
    """Stops our own, the last started first."""
    for engine in reversed(engines.own):
        engine.stop()


@contextmanager
def running(house: House) -> Iterator[Engines]:
    """The engines while the block runs."""
    engines = start(house)
    try:
        yield engines
    finally:
        stop(engines)


@contextmanager
def borrowed(house: House) -> Iterator[Engines]:
    """The engines of another `run.py` if one holds the house, else one's own meanwhile.

    The other's are found where they listen, and left running.
    """
    if house.occupied():
        yield start(house)
        return
    with (
        house.lock("This folder is just being started; try again."),
        running(house) as own,
    ):
        yield own


def _postgres(house: House, durable: bool) -> Postgres:
    programs = binaries.postgres(house.var / "venv")
    if programs is None:
        raise Stop(
            "There is no ready-made PostgreSQL for this machine: install PostgreSQL 15 or"
            " newer (its server programs), or give one with DATABASE_URL."
        )
    password = keys.of(house)["DATABASE_PASSWORD"]
    return Postgres(house.path("postgres"), programs, password, durable)


def _valkey(house: House, durable: bool) -> Valkey:
    program = binaries.valkey(house.var / "venv")
    if program is None:
        raise Stop(
            "There is no ready-made Valkey for this machine: install valkey or redis"
            " (valkey-server, redis-server), or give one with REDIS_URL."
        )
    return Valkey(house.path("valkey"), program, durable)
