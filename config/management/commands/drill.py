"""The restore drill, by one command (docs/operations.md)."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.host import backup, drill, tools
from config.launch.house import Stop
from config.management.commands.backup import line


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty engine and empty files, compares all of it,"
        " signs somebody in with a second factor and downloads a document."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which backup; without one a new one is made first."""
        parser.add_argument(
            "name", nargs="?", help="as `backup --list` shows it, or latest"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """A line a step with its figures; fails at the first that does not succeed."""
        began = time.monotonic()
        try:
            one = self.backup(options["name"])
            with drill.empty_house() as house:
                self.say(f"an empty engine and an empty folder: {house.folder}")
                drill.restore(house, one, self.say)
                visit = drill.prepare_visit(house)
                with drill.web(house):
                    self.say("the restored house is open")
                    drill.pay(visit, house, self.say)
        except (backup.Refused, tools.Missing, Stop) as error:
            raise CommandError(f"The drill failed. {error}") from error
        self.say("kept apart and needed: SEED_KEYS, SECRET_KEY, BACKUP_KEYS")
        self.say(f"The drill succeeded after {time.monotonic() - began:.1f} s.")

    def backup(self, name: str | None) -> backup.Backup:
        """The one named, or a new one."""
        if name:
            one = backup.named(name)
            minutes = backup.age(one).total_seconds() / 60
            self.say(f"backup of {minutes:.0f} minutes ago: {line(one)}")
            return one
        began = time.monotonic()
        with backup.alone():
            one = backup.make()
        self.say(f"backup made in {time.monotonic() - began:.1f} s: {line(one)}")
        return one

    def say(self, text: str) -> None:
        """A step."""
        self.stdout.write(text)
        self.stdout.flush()
