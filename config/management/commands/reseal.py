"""Rotation of SEED_KEYS: every seed under the newest key, so that older ones can go."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.actions.seeds import reseal_all


class Command(BaseCommand):
    help = "Puts the seeds of all second factors under the newest of SEED_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Fails when a seed cannot be opened: a key is missing then."""
        result = reseal_all()
        self.stdout.write(f"{result.done} seeds lie under the newest key.")
        if result.lost:
            raise CommandError(
                f"{result.lost} seeds open with none of the keys in SEED_KEYS: add the"
                " key they were sealed with, and take none away before."
            )
        if len(settings.SEED_KEYS) > 1:
            self.stdout.write(
                "All but the first key may be removed from SEED_KEYS. Keep them apart"
                " for as long as a backup from before today is kept."
            )
