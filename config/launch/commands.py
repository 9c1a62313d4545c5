"""The words of `run.py`: one function each."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from config.launch import (
    checks,
    demonstration,
    engines,
    environment,
    preparation,
    sbom,
    system,
)
from config.launch.house import House, Stop, say, sentence_for
from config.launch.surroundings import variables

HELP = """\
python3 run.py                 start Perron with its demonstration (Ctrl-C stops it)
python3 run.py test [...]      run the tests; what follows goes to pytest (-m "not slow", -k name)
python3 run.py bench           measure how fast it is; prints machine and data, too
python3 run.py check           every static check; one line each
python3 run.py format          write code and templates in the form that check asks for
python3 run.py messages        bring the translations up to date and compile them
python3 run.py sbom [FILE]     what a release is made of, as CycloneDX (.var/sbom.cdx.json)
python3 run.py manage ...      one of Django's commands, on the demonstration's database
python3 run.py accounts --json who can sign in to the demonstration

  --port N                     another port than 8000
  --fresh                      throw the demonstration's data away first

DATABASE_URL, REDIS_URL and EMAIL_URL name engines of your own; without them Perron starts
its own PostgreSQL, Valkey and mail catcher. What it makes lies in .var, safe to delete.
"""


def main(arguments: list[str]) -> int:
    """Does what was asked; answers the exit code. No traceback for what people can mend."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        return _dispatch(arguments)
    except Stop as stop:
        sys.stderr.write(f"{stop}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{sentence_for(error)}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _as_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _dispatch(arguments: list[str]) -> int:
    word = arguments[0] if arguments else ""
    if word in {"-h", "--help", "help"}:
        sys.stdout.write(HELP)
        return 0
    known: dict[str, Callable[[list[str]], int]] = {
        "test": test,
        "bench": bench,
        "check": check,
        "format": put_in_form,
        "messages": messages,
        "sbom": bill_of_materials,
        "manage": manage,
        "accounts": accounts,
    }
    if word in known:
        return known[word](arguments[1:])
    if word and not word.startswith("-"):
        raise Stop(f"“{word}” is no command of run.py; see python3 run.py --help")
    return demo(arguments)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", usage=HELP, add_help=False)
    parser.add_argument("--port", type=int)
    parser.add_argument("--fresh", action="store_true")
    try:
        return parser.parse_args(arguments)
    except SystemExit as error:
        raise Stop("See python3 run.py --help") from error


def demo(arguments: list[str]) -> int:
    """Starts everything and stays until it is stopped."""
    options = _options(arguments)
    house = House()
    house.open()
    return demonstration.run(house, options.port, fresh=options.fresh)


def test(arguments: list[str]) -> int:
    """The tests, on engines of their own; pytest's exit code."""
    house = House(purpose="test")
    house.open()
    with house.lock(
        "The tests run already in this folder; wait until they have ended."
    ):
        environment.ready(house, environment.DEVELOPERS_LOCK)
        browser = system.chromium(house) or ""
        with engines.running(house) as own:
            surroundings = variables(house, own, CHROMIUM=browser)
            preparation.translations(house, surroundings)
            return foreground(
                house, surroundings, ["-m", "pytest", *_in_parallel(arguments)]
            )


def bench(arguments: list[str]) -> int:
    """Figures of speed on a house of its own; nothing is asserted."""
    paths = [f"tests/journeys/bench_{name}.py" for name in ("booking", "counters")]
    os.environ.setdefault("WEB_CONCURRENCY", "2")  # as in production
    return test(["-n", "0", "-s", "-q", "-p", "no:randomly", *(arguments or paths)])


def _in_parallel(arguments: list[str]) -> list[str]:
    """One pytest worker a core, unless the person says otherwise or debugs."""
    own = (
        "-n",
        "--numprocesses",
        "--pdb",
        "--trace",
        "--collect-only",
        "--co",
        "--help",
    )
    if any(argument.startswith(own) for argument in arguments):
        return ["--create-db", *arguments]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    workers = str(cores or os.cpu_count() or 2)
    return ["--create-db", "-n", workers, "--dist", "loadgroup", *arguments]


def check(arguments: list[str]) -> int:
    """Every static check, whatever fails; 1 when one is red."""
    if arguments:
        raise Stop("run.py check takes no arguments.")
    house = House(purpose="test")
    house.open()
    environment.ready(house, environment.DEVELOPERS_LOCK)
    with engines.borrowed(house) as own:
        return checks.run(house, variables(house, own))


def put_in_form(arguments: list[str]) -> int:
    """Code and templates as `run.py check` wants them written."""
    house = House(purpose="test")
    house.open()
    environment.ready(house, environment.DEVELOPERS_LOCK)
    return checks.put_in_form(house)


def messages(arguments: list[str]) -> int:
    """Translations: what is new in code and templates goes into the catalogues."""
    house = House()
    house.open()
    environment.ready(house)
    command = ["-m", "config.translations", *(arguments or ["update"])]
    return foreground(house, dict(os.environ), command)


def bill_of_materials(arguments: list[str]) -> int:
    """The software bill of materials of this release; needs nothing installed."""
    house = House()
    target = Path(arguments[0]) if arguments else house.path(sbom.NAME)
    count = sbom.write(house.root, target)
    say(f"{count} components in {target}")
    return 0


def manage(arguments: list[str]) -> int:
    """`manage.py` on the demonstration's database, started for it if need be."""
    return _on_the_demonstration(["manage.py", *arguments], prepared=False)


def accounts(arguments: list[str]) -> int:
    """The people to sign in as; `--json` for machines."""
    if not preparation.has_command(House(), "accounts"):
        raise Stop("The demonstration has no people yet.")
    return _on_the_demonstration(["manage.py", "accounts", *arguments], prepared=True)


def _on_the_demonstration(command: list[str], *, prepared: bool) -> int:
    house = House()
    house.open()
    environment.ready(house)
    runs_already = house.occupied()
    with engines.borrowed(house) as own:
        surroundings = demonstration.variables(house, own)
        if prepared and not runs_already:
            preparation.prepare(house, own, surroundings)
        return foreground(house, surroundings, command)


def foreground(house: House, environ: dict[str, str], arguments: list[str]) -> int:
    """The environment's Python on this terminal. Ctrl-C goes to it first, then to us."""
    command = [str(house.python), *arguments]
    process = subprocess.Popen(command, cwd=house.root, env=environ)
    try:
        return process.wait()
    except KeyboardInterrupt:
        say("stopping")
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return 130
