"""Who is in the house today: with an appointment, or without one (CTR-041)."""

from typing import Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from core.dates import now
from core.tenancy import TenantOwned, TenantQuerySet
from counters.models.appointments import Appointment
from counters.models.counters import Counter
from counters.models.town import AppointmentType, TownPlace
from counters.states import VisitState


class VisitQuerySet(TenantQuerySet):
    """Visits."""

    def visible_to(self, membership: Membership) -> Self:
        """Those for the types that the member's service has."""
        types = AppointmentType.objects.visible_to(membership)
        return self.of(membership.tenant).filter(type__in=types)

    def in_turn(self) -> Self:
        """The fair order: who has an appointment by its hour, who has none by arrival."""
        turn = Coalesce("appointment__starts_at", "arrived_at")
        return self.filter(state=VisitState.WAITING).order_by(turn, "number")


class Visit(TenantOwned):
    """Somebody who waits or is served. A number of the day, never a name: it is called aloud."""

    place = models.ForeignKey(TownPlace, on_delete=models.PROTECT, related_name="+")
    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT)
    appointment = models.OneToOneField(
        Appointment, on_delete=models.CASCADE, null=True, related_name="visit"
    )
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=VisitState.choices, default=VisitState.WAITING
    )
    arrived_at = models.DateTimeField(default=now)
    counter = models.ForeignKey(
        Counter, on_delete=models.PROTECT, null=True, related_name="+"
    )
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = VisitQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "day", "number"], name="visit_number_once"
            ),
            models.UniqueConstraint(
                fields=["counter"],
                name="visit_one_at_a_counter",
                condition=models.Q(state=VisitState.CALLED),
                violation_error_message=_("Somebody is at this counter already."),
            ),
            models.CheckConstraint(
                name="visit_called_to_a_counter",
                condition=~models.Q(state=VisitState.CALLED)
                | models.Q(counter__isnull=False, called_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:03}"
