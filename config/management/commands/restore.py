"""A backup into an empty house, compared with what it was made from."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.host import backup, restore, tools


class Command(BaseCommand):
    help = (
        "Restores a backup into the database and the files of the settings, which must"
        " both be empty, and compares every table and every file with the original."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one."""
        parser.add_argument("name", help="as `backup --list` shows it, or latest")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line a step; fails at the first difference."""
        try:
            self.restore(options["name"])
        except (backup.Refused, tools.Missing) as error:
            raise CommandError(str(error)) from error

    def restore(self, name: str) -> None:
        """Refuses before it writes; then database, files, comparison."""
        one = backup.named(name)
        held = one.manifest
        restore.refuse_what_cannot_be(one)
        began = time.monotonic()
        restore.database(one)
        self.step(f"database restored from {one.name}", began)
        began = time.monotonic()
        restore.files(one)
        self.step(f"{len(held.files)} files restored, each with the hash it had", began)
        began = time.monotonic()
        faults = restore.faults(one)
        if faults:
            raise CommandError("It is not as it was:\n  " + "\n  ".join(faults))
        self.step(
            f"{held.table_count} tables with {held.rows} rows:"
            " counts, hashes and sequences are equal",
            began,
        )
        lost = restore.lost_files(one)
        self.stdout.write(
            f"{len(lost)} rows name a file that is not there: {', '.join(lost[:5])}"
            if lost
            else "every file that a row names is there"
        )
        erased = restore.erase_anew(one)
        if erased:
            self.stdout.write(f"{erased} records erased anew, as the newest list says")

    def step(self, text: str, began: float) -> None:
        """What was done, and the seconds it took."""
        self.stdout.write(f"{text} ({time.monotonic() - began:.1f} s)")
