"""« Me prévenir »: a commune waits for a date that fits (BKG-018)."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Membership, Organisation, User
from booking.models.offices import Place
from core.dates import now, today
from core.tenancy import TenantOwned, TenantQuerySet


class DateWishQuerySet(TenantQuerySet):
    """Wishes."""

    def visible_to(self, membership: Membership) -> Self:
        """A commune's own, as long as they hold."""
        own = self.of(membership.tenant).filter(commune=membership.organisation)
        return own.filter(not_after__gte=today(membership.tenant.zone))


class DateWish(TenantOwned):
    """Whoever left it gets an e-mail when a date that fits becomes free."""

    commune = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="date_wishes"
    )
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    places = models.ManyToManyField(Place, related_name="+", blank=True)
    with_interpreter = models.BooleanField(default=False)
    not_after = models.DateField()
    # Dates that became free before this moment are known to the commune.
    looked_at = models.DateTimeField(default=now)

    objects = DateWishQuerySet.as_manager()  # type: ignore[misc]

    def __str__(self) -> str:
        return f"{self.commune} until {self.not_after}"
