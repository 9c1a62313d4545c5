"""docs/requirements/<app>.md: every row of an app's requirements, and the tests that show it."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from config.management.generated import Generated

ROW = re.compile(r"^\| ([A-Z]{3}-\d{3}) \| (src|\+) \| (.*?) \|(?: .*\|)?$")
INTRO = """
Generated (`python3 run.py manage requirements`): the rows are the users' own, the tests
those marked `@pytest.mark.req`. `src`: stated by the source; `+`: expected beside it.

| id | | requirement | tests |
|---|---|---|---|
"""


class Command(Generated):
    help = "Writes the tests that show each row into docs/requirements/."

    def add_arguments(self, parser: CommandParser) -> None:
        """--rows: a folder to take the rows over from, else the pages themselves."""
        super().add_arguments(parser)
        parser.add_argument("--rows", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """As the other documents."""
        own = Path(settings.BASE_DIR) / "docs" / "requirements"
        self.rows = options["rows"] or own
        super().handle(*args, **options)

    def pages(self) -> dict[str, str]:
        """One page an app."""
        shown = tests()
        return {
            f"requirements/{path.name}": _page(path, shown)
            for path in sorted(self.rows.glob("*.md"))
            if _rows(path)
        }


def _rows(path: Path) -> list[tuple[str, str, str]]:
    found = (ROW.match(line) for line in path.read_text("utf-8").splitlines())
    return [(row[1], row[2], row[3]) for row in found if row]


def _page(path: Path, shown: dict[str, list[str]]) -> str:
    lines = [
        f"| {key} | {source} | {text} | {'<br>'.join(shown.get(key, []))} |"
        for key, source, text in _rows(path)
    ]
    return f"# Requirements: {path.stem}\n{INTRO}" + "\n".join(lines)


def tests() -> dict[str, list[str]]:
    """Requirement → the tests that are marked with it."""
    found: dict[str, list[str]] = defaultdict(list)
    root = Path(settings.BASE_DIR)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for key in _marked(node):
                    name = path.relative_to(root / "tests").as_posix()
                    found[key].append(f"`{name}` {node.name.removeprefix('test_')}")
    return found


def _marked(node: ast.FunctionDef) -> list[str]:
    return [
        argument.value
        for call in node.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.req")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
