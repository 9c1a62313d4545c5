"""A counsellor's dates. Each is a row; taking one is one conditional UPDATE."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.models.offices import Counsellor, Office, Place, ReferralType
from booking.states import SlotState
from core.dates import now
from core.tenancy import TenantOwned, TenantQuerySet


class SlotQuerySet(TenantQuerySet):
    """Dates."""

    def takeable(self, at: dt.datetime) -> Self:
        """Free ones to come, and held ones whose hold has lapsed."""
        free = models.Q(state=SlotState.FREE)
        lapsed = models.Q(state=SlotState.HELD, held_until__lte=at)
        return self.filter(free | lapsed, starts_at__gt=at)


class Slot(TenantOwned):
    """« Date »: a counsellor offers this time at this place."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="slots")
    counsellor = models.ForeignKey(
        Counsellor, on_delete=models.PROTECT, related_name="slots"
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    referral_types = models.ManyToManyField(ReferralType, related_name="+")
    interpreter_possible = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=SlotState.choices, default=SlotState.FREE
    )
    held_until = models.DateTimeField(null=True, blank=True)
    # When it was last offered: who waits for a date hears of those that came since.
    free_since = models.DateTimeField(default=now)

    objects = SlotQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="slot_ends_after_it_starts",
                violation_error_message=_("A date must end after it starts."),
            ),
            models.CheckConstraint(
                condition=models.Q(state=SlotState.HELD, held_until__isnull=False)
                | (~models.Q(state=SlotState.HELD) & models.Q(held_until=None)),
                name="slot_held_until_a_moment",
                violation_error_message=_("A held date is held until a moment."),
            ),
            models.UniqueConstraint(
                fields=["counsellor", "starts_at", "place"],
                condition=~models.Q(state=SlotState.WITHDRAWN),
                name="slot_once",
                violation_error_message=_("This date exists already."),
            ),
        ]
        indexes = [
            # The search walks these in order and never meets a taken date.
            models.Index(
                fields=["tenant", "starts_at", "id"],
                name="slot_free_by_start",
                condition=models.Q(state=SlotState.FREE),
            ),
            models.Index(
                fields=["tenant", "held_until"],
                name="slot_held_by_deadline",
                condition=models.Q(state=SlotState.HELD),
            ),
            models.Index(fields=["counsellor", "starts_at"], name="slot_by_agenda"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.place}"
