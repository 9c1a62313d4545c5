"""Prints the people of the demonstration."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.demo.views import accounts


class Command(BaseCommand):
    help = "Prints the people of the demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        """--json: one list of objects."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a person, or JSON."""
        if options["json"]:
            self.stdout.write(json.dumps(accounts(), ensure_ascii=False, indent=2))
            return
        for row in accounts():
            self.stdout.write(
                "{url}  {username}  {password}  {totp_secret}".format(**row)
            )
