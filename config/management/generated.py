"""Commands that write documents from the code, and with --check compare them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Generated(BaseCommand):
    """Subclasses say in `pages()` which files there are and what stands in them."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--check: write nothing, fail where a page is stale."""
        parser.add_argument("--check", action="store_true")

    def pages(self) -> dict[str, str]:
        """Path within docs/ → Markdown."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes, or compares."""
        stale = [path for path, text in self._all() if _read(path) != text]
        if options["check"] and stale:
            name = self.__module__.rpartition(".")[2]
            raise CommandError(
                f"Not up to date: {', '.join(map(str, stale))}."
                f" Run: python3 run.py manage {name}"
            )
        if not options["check"]:
            for path, text in self._all():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    def _all(self) -> list[tuple[Path, str]]:
        docs = Path(settings.BASE_DIR) / "docs"
        return [
            (docs / name, f"{text.rstrip()}\n") for name, text in self.pages().items()
        ]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
