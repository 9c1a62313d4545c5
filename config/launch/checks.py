"""`run.py check`: every static check, one line each, its words only when it is red."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from config.launch.house import House
from config.launch.preparation import has_command

DJANGO = "5.2"
# Commands of ours that write a document, and with --check compare it.
DOCUMENTS = ["states", "access", "requirements"]


@dataclass(frozen=True)
class Check:
    """A name, a command for the environment's Python, or files given to it in `paths`."""

    name: str
    command: list[str]


@dataclass(frozen=True)
class Result:
    """How a check ended."""

    check: Check
    code: int
    said: str
    seconds: float


def all_checks(house: House) -> list[Check]:
    """The slow ones first, so that all are done soonest."""
    templates = sorted(str(path) for path in house.root.glob("templates/**/*.html"))
    texts = sorted(str(path) for path in house.root.glob("templates/**/*.txt"))
    found = [
        Check("types", ["-m", "mypy", "."]),
        Check(
            "imports",
            ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
        ),
        Check("form of code", ["-m", "ruff", "format", "--check", "."]),
        Check("lint", ["-m", "ruff", "check", "."]),
        Check("Django's checks", ["manage.py", "check", "--fail-level", "WARNING"]),
        Check("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("translations", ["-m", "config.translations", "check"]),
    ]
    if templates:
        djade = ["-m", "djade", "--check", "--target-version", DJANGO]
        found.append(Check("form of templates", [*djade, *templates, *texts]))
        found.append(
            Check("lint of templates", ["-m", "djlint", "--lint", "templates"])
        )
    return found + [
        Check(f"document: {name}", ["manage.py", name, "--check"])
        for name in DOCUMENTS
        if has_command(house, name)
    ]


def run(house: House, environ: dict[str, str]) -> int:
    """Runs all, a core each; answers 1 when one is red."""
    chosen = all_checks(house)
    red = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for result in pool.map(lambda check: _run(house, environ, check), chosen):
            red += result.code != 0
            sys.stdout.write(line(result))
            sys.stdout.flush()
    sys.stdout.write(
        f"{red} of {len(chosen)} checks are red.\n" if red else "All checks pass.\n"
    )
    return 1 if red else 0


def line(result: Result) -> str:
    """One line; beneath it what the check said, when it is red."""
    mark = "ok " if result.code == 0 else "RED"
    text = f"{mark} {result.check.name} ({result.seconds:.1f} s)\n"
    return text if result.code == 0 else f"{text}{result.said.rstrip()}\n"


def _run(house: House, environ: dict[str, str], check: Check) -> Result:
    began = time.monotonic()
    ended = subprocess.run(
        [str(house.python), *check.command],
        cwd=house.root,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Result(check, ended.returncode, ended.stdout, time.monotonic() - began)
