"""What must be made before the house opens: translations, tables, static files, people.

Each is made only when what it is made from has changed since the last time.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

from config.launch.engines import Engines
from config.launch.house import House, Stop, fingerprint, read_json, step, write_json

Variables = dict[str, str]


def prepare(house: House, engines: Engines, variables: Variables) -> None:
    """Everything the demonstration needs, in order. Raises `Stop` at the first failure."""
    translations(house, variables)
    database = f"{engines.database_url}{engines.cluster}"
    # Another's database may have been emptied meanwhile: there it is always asked.
    always = not engines.cluster
    _when_changed(
        house,
        "static",
        fingerprint(_files(house.root / "static"), variables["STATIC_ROOT"]),
        lambda: manage(
            house, variables, "Static files collected", "collectstatic", "--noinput"
        ),
    )
    _when_changed(
        house,
        "tables",
        fingerprint(house.root.glob("*/migrations/*.py"), database),
        lambda: manage(house, variables, "Tables made", "migrate", "--noinput"),
        always=always,
    )
    if has_command(house, "demo"):
        _when_changed(
            house,
            "demo",
            fingerprint([], database),
            lambda: manage(house, variables, "Demonstration filled", "demo"),
            always=always,
        )


def translations(house: House, variables: Variables) -> None:
    """Compiles the catalogues when one changed."""
    sources = list(house.root.glob("locale/*/LC_MESSAGES/django.po"))
    compiled = [source.with_suffix(".mo") for source in sources]
    mark = fingerprint([*sources, *(path for path in compiled if path.exists())])
    command = ["-m", "config.translations", "compile"]
    if read_json(house.path("prepared.json")).get("translations") != mark:
        run(house, variables, "Translations compiled", *command)
        mark = fingerprint([*sources, *(path for path in compiled if path.exists())])
        _remember(house, "translations", mark)


def _when_changed(
    house: House, name: str, mark: str, make: Callable[[], None], always: bool = False
) -> None:
    if always or read_json(house.path("prepared.json")).get(name) != mark:
        make()
        _remember(house, name, mark)


def _remember(house: House, name: str, mark: str) -> None:
    memory = house.path("prepared.json")
    write_json(memory, {**read_json(memory), name: mark})


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def has_command(house: House, name: str) -> bool:
    """Whether one of our own management commands exists."""
    return any(house.root.glob(f"*/management/commands/{name}.py"))


def manage(house: House, variables: Variables, aim: str, *arguments: str) -> None:
    """One of Django's commands, quiet unless it fails; `aim` is said when it is done."""
    run(house, variables, aim, "manage.py", *arguments)


def run(house: House, variables: Variables, aim: str, *arguments: str) -> None:
    """The environment's Python with `arguments`; raises `Stop` with its last words."""
    with step(aim):
        ended = subprocess.run(
            [str(house.python), *arguments],
            cwd=house.root,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        log = house.path("preparation.log")
        if ended.returncode != 0:
            log.write_text(ended.stdout, encoding="utf-8")
            said = ended.stdout.strip().splitlines() or ["it said nothing"]
            raise Stop(f"{' '.join(arguments)} failed: {said[-1].strip()} ({log})")
