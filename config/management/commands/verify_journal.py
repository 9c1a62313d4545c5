"""Whether the journal is still what was sealed (core.journal_seals, docs/operations.md)."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.host import backup
from core import journal_seals
from core.journal_seals import Copied


class Command(BaseCommand):
    help = (
        "Compares every sealed day of the journal with its seal, and the seals with a copy"
        " of them; fails at the first day that differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which copies; without one, whoever can write the database could fool it."""
        parser.add_argument(
            "--seals", type=Path, help="a file of log lines with journal.sealed"
        )
        parser.add_argument(
            "--backup",
            help="the seals of a backup: as `backup --list` shows it, or latest",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One line: how many days, how many entries, the last digest."""
        copy: dict[dt.date, set[Copied]] = {}
        for more in (_of_log(options["seals"]), _of_backup(options["backup"])):
            for day, told in more.items():
                copy.setdefault(day, set()).update(told)
        try:
            found = journal_seals.verify(copy)
        except journal_seals.Differs as error:
            raise CommandError(f"The journal differs. {error}") from error
        self.stdout.write(
            f"{found.days} days with {found.entries} entries are as they were sealed;"
            f" {len(copy)} of them compared with a copy. Last digest: {found.digest or '–'}"
        )


def _of_log(path: Path | None) -> dict[dt.date, set[Copied]]:
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            found = journal_seals.copied(lines)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    if not found:
        raise CommandError(f"{path} holds no seal.")
    return found


def _of_backup(name: str | None) -> dict[dt.date, set[Copied]]:
    if name is None:
        return {}
    try:
        seals = backup.named(name).manifest.seals
    except backup.Refused as error:
        raise CommandError(str(error)) from error
    if not seals:
        raise CommandError(f"The backup {name} holds no seal.")
    return {dt.date.fromisoformat(day): {Copied(*told)} for day, told in seals.items()}
