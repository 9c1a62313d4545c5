"""Builds the demonstration's data where there is none."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.build import build


class Command(BaseCommand):
    help = "Builds the demonstration's data where there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        """Only where settings.DEMO is on."""
        if not settings.DEMO:
            raise CommandError("The demonstration needs DEMO=1.")
        build()
