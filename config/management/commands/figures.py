"""The figures of /metrics on a terminal, with what is out of bounds."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.host.alarms import ALARMS, rules
from core import metrics


class Command(BaseCommand):
    help = "Prints the figures of the house; fails when one is out of bounds."

    def add_arguments(self, parser: CommandParser) -> None:
        """--rules: the alarms for Prometheus instead."""
        parser.add_argument("--rules", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a figure, then one an alarm."""
        if options["rules"]:
            self.stdout.write(rules())
            return
        readings = metrics.readings()
        for name, values in readings.items():
            for label, value in values.items():
                told = f"{name} {label[1]}" if label else name
                self.stdout.write(f"{told:60} {value:.15g}")
        raised = [
            f"{alarm.meaning} {name}".strip() + f" ({alarm.expression})"
            for alarm in ALARMS
            for name in alarm.raised_by(readings)
        ]
        for line in raised:
            self.stdout.write(f"ALARM  {line}")
        if raised:
            raise CommandError("See “Alarms” in docs/operations.md.")
        self.stdout.write("No alarm.")
