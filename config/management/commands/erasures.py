"""`manage.py erasures list > file`, `manage.py erasures apply file`: after a restore."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.privacy import retention


class Command(BaseCommand):
    help = "Writes the list of erasures, or erases anew what a list names."

    def add_arguments(self, parser: CommandParser) -> None:
        """list, or apply with a file."""
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("list")
        steps.add_parser("apply").add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises OSError for a file that cannot be read."""
        if options["step"] == "list":
            self.stdout.writelines(retention.lines())
            return
        with options["file"].open(encoding="utf-8") as file:
            counts = retention.apply_list(file)
        for key, number in counts.items():
            self.stdout.write(f"{key:<24}{number:>8}")
