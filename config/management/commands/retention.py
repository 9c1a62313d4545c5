"""`manage.py retention`: what is due to be erased; with --for-real, erases it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Tenant
from core.privacy import retention


class Command(BaseCommand):
    help = "Counts what is due to be erased, by tenant and kind; erases nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """--for-real, --tenant, --batch."""
        parser.add_argument("--for-real", action="store_true", help="erase it")
        parser.add_argument("--tenant", help="only this one, by its slug")
        parser.add_argument("--batch", type=int, default=retention.BATCH)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a tenant that does not exist, or a run that is at it."""
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
        if not tenants:
            raise CommandError("There is no such tenant.")
        for tenant in tenants:
            self.stdout.write(tenant.slug)
            counts = (
                self.erase(tenant, options["batch"])
                if options["for_real"]
                else {one.key: one.count(tenant) for one in retention.kinds_of(tenant)}
            )
            for key, number in counts.items():
                self.stdout.write(f"  {key:<24}{number:>8}")

    @staticmethod
    def erase(tenant: Tenant, batch: int) -> dict[str, int]:
        """A whole run; gives the counts."""
        run = retention.run(tenant, batch=batch)
        if run is None:
            raise CommandError("Another run is at it.")
        counts: dict[str, int] = run.counts
        return counts
