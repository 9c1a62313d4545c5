"""Django's migrate, under a lock and with short waits: the only way to migrate."""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections

from config.host import migrating


class Command(migrate.Command):
    help = f"{migrate.Command.help} One process at a time does it; the others wait."

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django's; what only looks (--plan, --check) takes no lock."""

        def act() -> None:
            migrate.Command.handle(self, *args, **options)

        if options["plan"] or options["check_unapplied"]:
            return act()
        connection = connections[options["database"]]
        try:
            with (
                migrating.short_waits(connection),
                migrating.alone(connection, self.stdout.write),
            ):
                migrating.persist(act, self.stdout.write)
        except migrating.Impatient as error:
            raise CommandError(str(error)) from error
