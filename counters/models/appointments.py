"""Slots, the persons' files, and their appointments."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models.expressions import Func
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from core.dates import now
from core.occupancy import Occupancy
from core.tenancy import TenantOwned, TenantQuerySet
from counters.models.counters import Counter
from counters.models.town import AppointmentType
from counters.states import COUNTED, ON_A_SLOT, AppointmentState, SlotState


class Span(Func):
    """From one moment to another as PostgreSQL's half-open range."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


TAKEABLE = (SlotState.FREE, SlotState.HELD)  # of those held the ones that have lapsed


class SlotQuerySet(TenantQuerySet):
    """Slots."""

    def visible_to(self, membership: Membership) -> Self:
        """Those of the counters that the member sees."""
        return self.filter(counter__in=Counter.objects.visible_to(membership))

    def takeable(self, at: dt.datetime) -> Self:
        """Free ones to come, held ones whose hold has lapsed; the desk is not in use."""
        free = models.Q(state=SlotState.FREE)
        lapsed = models.Q(state=SlotState.HELD, held_until__lte=at)
        # Two counters on one desk: what one has given away, the other has no longer.
        elsewhere = Occupancy.objects.filter(
            models.Q(until=None) | models.Q(until__gt=at),
            resource_id=models.OuterRef("counter__desk_id"),
            period__overlap=Span(
                models.OuterRef("starts_at"), models.OuterRef("ends_at")
            ),
        )
        return self.filter(
            free | lapsed,
            ~models.Exists(elsewhere),
            state__in=TAKEABLE,  # as the index says it: the planner does not conclude it
            starts_at__gt=at,
        )


class Slot(TenantOwned):
    """A time at a counter; a row, so that taking it is one conditional UPDATE."""

    counter = models.ForeignKey(Counter, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=SlotState.choices, default=SlotState.FREE
    )
    held_until = models.DateTimeField(null=True, blank=True)
    # One given back on the portal is offered again there a moment later: who waits with a
    # program at the door has no advantage.
    offered_from = models.DateTimeField(null=True, blank=True)

    objects = SlotQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="counter_slot_lasts",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                violation_error_message=_("A slot ends after it begins."),
            ),
            models.CheckConstraint(
                name="counter_slot_held_until_a_moment",
                condition=models.Q(state=SlotState.HELD, held_until__isnull=False)
                | (~models.Q(state=SlotState.HELD) & models.Q(held_until=None)),
            ),
            models.UniqueConstraint(
                fields=["counter", "starts_at"],
                name="counter_slot_once",
                violation_error_message=_("This slot exists already."),
            ),
        ]
        indexes = [
            # The search walks the free ones of a counter in order, whatever is taken.
            models.Index(
                fields=["counter", "starts_at"],
                name="counter_slot_takeable",
                condition=models.Q(state__in=TAKEABLE),
            ),
            models.Index(
                fields=["held_until"],
                name="counter_slot_held",
                condition=models.Q(state=SlotState.HELD),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.counter}"


class Person(TenantOwned):
    """« Partenaire »: somebody's file. A citizen's account leads to one; a child has none."""

    number = models.CharField(max_length=10)
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, default="fr")
    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="person"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="person_number_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "last_name", "first_name"], name="person_by_name"
            )
        ]

    def __str__(self) -> str:
        if (
            not self.number
        ):  # stands where a person's file stood (counters.actions.retention)
            return gettext("Data erased")
        return f"{self.last_name} {self.first_name}".strip()


class AppointmentQuerySet(TenantQuerySet):
    """Appointments."""

    def visible_to(self, membership: Membership) -> Self:
        """Those of the types that the member's service has."""
        types = AppointmentType.objects.visible_to(membership)
        return self.of(membership.tenant).filter(type__in=types)

    def shown_as(self, status: AppointmentState) -> Self:
        """Those whose `status` this is: planned is what is still to end."""
        over = models.Q(state=AppointmentState.PLANNED, ends_at__lte=now())
        if status == AppointmentState.NO_STATUS:
            return self.filter(over | models.Q(state=status))
        return self.filter(state=status).exclude(over)

    def with_facts(self) -> Self:
        """All that a screen or a message shows, in one query."""
        return self.select_related(
            "tenant",
            "type",
            "counter__place",
            "person",
            "holder",
            "slot",
            "taken_by",
        )


class Appointment(TenantOwned):
    """Somebody's appointment. It outlives its slot: time and counter stand in it, too."""

    type = models.ForeignKey(AppointmentType, on_delete=models.PROTECT)
    counter = models.ForeignKey(Counter, on_delete=models.PROTECT)
    slot = models.ForeignKey(
        Slot, on_delete=models.SET_NULL, null=True, related_name="appointments"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="appointments"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=AppointmentState.choices)
    held_until = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(default=now)
    taken_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    phone = models.CharField(max_length=40, blank=True)
    comment = models.CharField(max_length=300, blank=True)
    by_sms = models.BooleanField(default=False)
    reference = models.CharField(max_length=9)
    sequence = models.PositiveSmallIntegerField(default=0)
    # On the portal: who reserved it, and which of that person's few of this type it is.
    holder = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="reserved"
    )
    rank = models.PositiveSmallIntegerField(null=True)
    most = models.PositiveSmallIntegerField(null=True)
    reminded_at = models.DateTimeField(null=True)

    @property
    def status(self) -> str:
        """The state; of a planned one that is over « passé sans statut » (CTR-039)."""
        if self.state == AppointmentState.PLANNED and self.ends_at <= now():
            return AppointmentState.NO_STATUS
        return self.state

    objects = AppointmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                name="appointment_once_per_slot",
                condition=models.Q(state__in=ON_A_SLOT),
                violation_error_message=_("This slot has just been taken."),
            ),
            models.UniqueConstraint(
                fields=["holder", "type", "rank"],
                name="appointments_per_person",
                condition=models.Q(state__in=COUNTED),
                violation_error_message=_(
                    "You have as many appointments of this kind as one person may have."
                ),
            ),
            models.CheckConstraint(
                name="appointments_at_most",
                condition=models.Q(holder=None) | models.Q(rank__lt=models.F("most")),
            ),
            models.CheckConstraint(
                name="appointment_on_a_slot",
                condition=~models.Q(state__in=ON_A_SLOT) | models.Q(slot__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant", "reference"], name="appointment_reference_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "state", "starts_at"], name="appointment_by_state"
            ),
            models.Index(fields=["counter", "starts_at"], name="appointment_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.person}"


class AppointmentEvent(models.Model):
    """What happened to an appointment; one not told yet waits for the sender of messages."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    what = models.CharField(max_length=30)
    to_tell = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["at"], name="event_to_tell", condition=models.Q(to_tell=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"
