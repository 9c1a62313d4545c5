"""The demonstration: the whole house on one machine, filled with invented people."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress

from config.launch import engines, environment, preparation, surroundings
from config.launch.engines import Engines
from config.launch.house import (
    House,
    Stop,
    fingerprint,
    read_json,
    say,
    step,
    write_json,
)
from config.launch.supervisor import Child, Supervisor, end_leftovers, log_path

OPENING_SECONDS = 60
REFUSAL = "Perron already runs in this folder{where}; stop it there first (Ctrl-C)."


def run(house: House, port: int | None, *, fresh: bool = False) -> int:
    """Starts everything, says where, and stays until a signal comes. Raises `Stop`."""
    address = surroundings.bind(port)
    began = time.monotonic()
    with house.lock(_already(house)):
        if end_leftovers(house):
            say("processes of an earlier start that was killed were ended")
        surroundings.ensure_free(address)
        environment.ready(house)
        if fresh:
            _throw_away(house)
        with engines.running(house) as own:
            return _open(house, own, address, began)


def variables(house: House, own: Engines, address: str = "") -> dict[str, str]:
    """The environment of the demonstration's processes; the address as last started."""
    memory = house.path("address.json")
    known = read_json(memory)
    address = address or str(known.get("bind", "127.0.0.1:8000"))
    mail = int(known.get("mail_port", 0)) or _free_port()
    write_json(memory, {"bind": address, "mail_port": mail})
    return surroundings.variables(
        house,
        own,
        DEMO="1",
        BIND=address,
        EMAIL_URL=os.environ.get("EMAIL_URL") or f"smtp://127.0.0.1:{mail}",
        MAIL_FOLDER=str(house.path("mail")),
    )


def _open(house: House, own: Engines, address: str, began: float) -> int:
    _renew_mail_port(house)
    environ = variables(house, own, address)
    preparation.prepare(house, own, environ)
    supervisor = Supervisor(house, environ, list(own.own))
    supervisor.catch_signals()
    try:
        first, *others = children(house, environ)
        supervisor.start(first)
        _await_web(supervisor, address)
        # After the web: on two cores they would make the person wait for it.
        for child in others:
            if not supervisor.asked_to_stop:
                supervisor.start(child)
        if not supervisor.asked_to_stop:
            _tell(house, own, environ, time.monotonic() - began)
        supervisor.watch()
    finally:
        say("stopping")
        supervisor.stop()
    return 0


def children(house: House, environ: dict[str, str]) -> list[Child]:
    """Every process of the house, in the order in which they start; the web first."""
    python = str(house.python)
    celery = [python, "-m", "celery", "-A", "config.celery"]
    schedule = str(house.path("beat-schedule"))
    web = [python, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
    found = [Child("web", web, patience=30)]
    if not os.environ.get("EMAIL_URL"):
        port = environ["EMAIL_URL"].rpartition(":")[2]
        catcher = [python, "-m", "config.launch.mailcatcher", "--port", port]
        found.append(Child("mail", [*catcher, "--folder", environ["MAIL_FOLDER"]]))
    worker = ["worker", "--concurrency", "1", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    found.append(Child("worker", [*celery, *worker, *quiet], patience=30))
    beat = ["beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING"]
    found.append(Child("beat", [*celery, *beat]))
    return found


def _already(house: House) -> str:
    known = read_json(house.path("address.json")).get("bind")
    return REFUSAL.format(where=f" at http://localhost:{_port(known)}" if known else "")


def _port(address: str) -> str:
    return address.rpartition(":")[2]


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _renew_mail_port(house: House) -> None:
    """The port of last time if it is still free, so that other shells' settings hold."""
    memory = house.path("address.json")
    known = read_json(memory)
    try:
        surroundings.ensure_free(f"127.0.0.1:{int(known.get('mail_port', 0))}")
    except Stop:
        write_json(memory, {**known, "mail_port": 0})


def _await_web(supervisor: Supervisor, address: str) -> None:
    """Until the web answers; raises `Stop` with where to look if it never does."""
    with step("Web server started"):
        deadline = time.monotonic() + OPENING_SECONDS
        while not _answers(address) and not supervisor.asked_to_stop:
            web = supervisor.children[0]
            log = log_path(supervisor.house, "web")
            if not web.running() or time.monotonic() > deadline:
                raise Stop(f"The web server does not start: {_last_line(log)} ({log})")
            time.sleep(0.05)


def _last_line(log: object) -> str:
    with open(str(log), encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()]
    telling = [line for line in lines if "Error" in line or line.startswith("- ")]
    return (telling or lines or ["it said nothing"])[-1]


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=5)
    try:
        connection.request("GET", "/live", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def _tell(house: House, own: Engines, environ: dict[str, str], seconds: float) -> None:
    port = _port(environ["BIND"])
    lines = [f"\nPerron is open (after {seconds:.1f} s): http://localhost:{port}\n"]
    lines += _people(_accounts(house, own, environ))
    if not os.environ.get("EMAIL_URL"):
        lines.append(f"Its messages are kept in {environ['MAIL_FOLDER']}")
    lines.append("Ctrl-C stops it.\n")
    with suppress(OSError):  # nobody reads any more: no reason to stop
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


def _accounts(
    house: House, own: Engines, environ: dict[str, str]
) -> list[dict[str, str]]:
    """The people of the demonstration; remembered as long as its data are the same."""
    if not preparation.has_command(house, "accounts"):
        return []
    memory = house.path("accounts.json")
    mark = fingerprint([], own.cluster, environ["BIND"])
    known = read_json(memory)
    if own.cluster and known.get("mark") == mark:
        found: list[dict[str, str]] = known["people"]
        return found
    people = _ask_for_accounts(house, environ)
    if people:
        write_json(memory, {"mark": mark, "people": people})
    return people


def _ask_for_accounts(house: House, environ: dict[str, str]) -> list[dict[str, str]]:
    ended = subprocess.run(
        [str(house.python), "manage.py", "accounts", "--json"],
        cwd=house.root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found: list[dict[str, str]] = json.loads(ended.stdout)
    except ValueError:
        say(
            f"The people to sign in as could not be read: {ended.stderr.strip()[-200:]}"
        )
        return []
    return found


def _people(accounts: list[dict[str, str]]) -> list[str]:
    """One table an address: role, user name, password, secret of the second factor."""
    lines: list[str] = []
    columns = ("organisation", "role", "username", "password", "totp_secret")
    widths = [
        max([len(str(one.get(c) or "")) for one in accounts] or [0]) for c in columns
    ]
    for url in dict.fromkeys(one["url"] for one in accounts):
        lines.append(f"  {url}")
        for one in (one for one in accounts if one["url"] == url):
            cells = [str(one.get(c) or "") for c in columns]
            padded = [
                cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
            ]
            lines.append("    " + "  ".join(padded).rstrip())
        lines.append("")
    return lines


def _throw_away(house: House) -> None:
    """The demonstration's data and files; engines given from outside are left alone."""
    if os.environ.get("DATABASE_URL"):
        raise Stop(
            "--fresh empties only Perron's own database, not one in DATABASE_URL."
        )
    with step("Earlier data thrown away"):
        engines.stop(engines.start(house))
        for name in ("postgres", "valkey", "files", "mail"):
            shutil.rmtree(house.path(name), ignore_errors=True)
        house.path("prepared.json").unlink(missing_ok=True)
