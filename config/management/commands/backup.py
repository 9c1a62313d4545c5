"""A sealed backup of database and private files, once or at intervals."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from config.host import backup, tools
from core.jobs import claim


class Command(BaseCommand):
    help = "Backs the database and the private files up, sealed with BACKUP_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many are kept, whether it goes on, or only what there is."""
        parser.add_argument(
            "--keep", type=int, default=96, help="the newest so many (96)"
        )
        parser.add_argument(
            "--keep-days", type=int, default=30, help="and one a day for so long (30)"
        )
        parser.add_argument(
            "--loop",
            action="store_true",
            help="goes on, one every BACKUP_EVERY seconds, until SIGTERM",
        )
        parser.add_argument("--list", action="store_true", help="only what there is")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a backup."""
        if options["list"]:
            return self.tell()
        if not options["loop"]:
            return self.once(options)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        while not ended.is_set():
            try:
                self.once(options)
            except (CommandError, DatabaseError, OSError) as error:
                # The next one may do; the alarm for late jobs tells if none does.
                self.stderr.write(f"No backup: {error}")
            close_old_connections()
            ended.wait(settings.BACKUP_EVERY)

    def once(self, options: dict[str, Any]) -> None:
        """Makes one and drops those that are no longer kept."""
        try:
            with backup.alone():
                made = backup.make()
                dropped = backup.prune(options["keep"], options["keep_days"])
        except (backup.Refused, tools.Missing) as error:
            raise CommandError(str(error)) from error
        claim("backup", settings.BACKUP_EVERY)
        self.stdout.write(f"{line(made)}; {dropped} older ones dropped")

    def tell(self) -> None:
        """What there is, the newest first."""
        try:
            for folder in backup.folders():
                self.stdout.write(line(backup.read(folder)))
        except backup.Refused as error:
            raise CommandError(str(error)) from error


def line(one: backup.Backup) -> str:
    """A backup in figures."""
    held = one.manifest
    return (
        f"{one.name}  {held.table_count} tables, {held.rows} rows,"
        f" dump {size(held.dump_bytes)}; {len(held.files)} files,"
        f" {size(held.file_bytes)}"
    )


def size(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1024 / 1024:.1f} MB"
