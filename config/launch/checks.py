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
    """A name, and the arguments of one of the environment's programs."""

    name: str
    command: list[str]
    program: str = "python"

    def words(self, house: House) -> list[str]:
        """The whole command line."""
        return [str(house.python.with_name(self.program)), *self.command]


@dataclass(frozen=True)
class Result:
    """How a check ended."""

    check: Check
    code: int
    said: str
    seconds: float


def all_checks(house: House) -> list[Check]:
    """The slow ones first, so that all are done soonest."""
    imports = "from importlinter.cli import lint_imports_command as run; run()"
    found = [
        Check("types", ["-m", "mypy", "."]),
        Check("Django's checks", ["manage.py", "check", "--fail-level", "WARNING"]),
        Check("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("translations", ["-m", "config.translations", "check"]),
        Check("imports", ["-c", imports]),
        Check("form of code", ["-m", "ruff", "format", "--check", "--quiet", "."]),
        Check("lint", ["-m", "ruff", "check", "--output-format", "concise", "."]),
    ]
    # djlint only lints: its formatter puts line breaks into titles and between words.
    if templates(house):
        lint = ["-m", "djlint", "--lint", "--quiet", "templates"]
        found.append(Check("lint of templates", lint))
        found.append(djade("form of templates", house, "--check"))
    found += container_files(house)
    return found + [
        Check(f"document: {name}", ["manage.py", name, "--check"])
        for name in DOCUMENTS
        if has_command(house, name)
    ]


def container_files(house: House) -> list[Check]:
    """What no container engine is needed for; tests/deploy checks the rest."""
    schema = ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    style = ["--failure-threshold", "style", "Dockerfile"]
    checks = [
        Check("compose file", schema, "check-jsonschema"),
        Check("Dockerfile", style, "hadolint"),
    ]
    return [check for check in checks if (house.root / check.command[-1]).exists()]


def templates(house: House) -> list[str]:
    """Every template; djade takes files, not folders."""
    found = (house.root / "templates").rglob("*")
    return sorted(str(path) for path in found if path.suffix in {".html", ".txt"})


def djade(name: str, house: House, *options: str) -> Check:
    """The style of template tags, checked or written."""
    version = ["--target-version", DJANGO]
    return Check(name, [*options, *version, *templates(house)], "djade")


def put_in_form(house: House) -> int:
    """Writes code and templates in the form that the checks ask for."""
    steps = [
        Check("lint", ["-m", "ruff", "check", "--fix-only", "--quiet", "."]),
        Check("code", ["-m", "ruff", "format", "--quiet", "."]),
        djade("templates", house),
    ]
    for step in steps:
        subprocess.run(step.words(house), cwd=house.root, check=False)
    return 0


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
        check.words(house),
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
