"""Saved searches of the lists (CTR-040)."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from core.dates import now
from core.tenancy import TenantOwned, TenantQuerySet

ENTRIES = ("planned", "replan", "no_status")


class SavedSearchQuerySet(TenantQuerySet):
    """Saved searches."""

    def visible_to(self, membership: Membership) -> Self:
        """One's own, and those of one's service."""
        own = models.Q(user=membership.user_id)
        service = models.Q(user=None, service=membership.organisation_id)
        return self.of(membership.tenant).filter(own | service)


class SavedSearch(TenantOwned):
    """A filter of a list under a name: personal, or (without a user) of the service."""

    entry = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400, blank=True)
    service = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )

    saved_at = models.DateTimeField(default=now)

    objects = SavedSearchQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "user", "entry", "name"],
                nulls_distinct=False,
                name="saved_search_once",
                violation_error_message=_("A search of this name exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
