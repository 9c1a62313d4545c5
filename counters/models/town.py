"""What the operator sets up: types, places, reference weeks, closing days (CTR-001 to 005)."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from core.tenancy import TenantOwned, TenantQuerySet

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class TypeQuerySet(TenantQuerySet):
    """Types of appointment."""

    def visible_to(self, membership: Membership) -> Self:
        """Those of the member's service, and those of no service (CTR-010)."""
        own = models.Q(services=membership.organisation_id) | models.Q(services=None)
        return self.of(membership.tenant).filter(own).distinct()


class AppointmentType(TenantOwned):
    """« Type de rendez-vous »: what one comes for."""

    name = models.CharField(max_length=80)
    description = models.CharField(max_length=160, blank=True)
    services = models.ManyToManyField(Organisation, related_name="+", blank=True)
    minutes = models.PositiveSmallIntegerField(default=30)
    on_portal = models.BooleanField(default=True)
    most_per_person = models.PositiveSmallIntegerField(default=3)
    earliest_hours = models.PositiveSmallIntegerField(
        default=2, help_text="how long ahead a slot can still be reserved on the portal"
    )
    latest_days = models.PositiveSmallIntegerField(default=60)
    bring = models.TextField(blank=True, help_text="one document a line")
    confirmation = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = TypeQuerySet.as_manager()  # type: ignore[misc,django-manager-missing]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="type_lasts",
                condition=models.Q(minutes__gte=5, minutes__lte=480),
                violation_error_message=_("A slot lasts from 5 to 480 minutes."),
            ),
            models.CheckConstraint(
                name="type_admits_somebody",
                condition=models.Q(most_per_person__gte=1, most_per_person__lte=20),
                violation_error_message=_("One to twenty appointments per person."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TownPlace(TenantOwned):
    """« Lieu de rendez-vous »."""

    name = models.CharField(max_length=80)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=10)
    town = models.CharField(max_length=80)
    access_note = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class ReferenceWeek(TenantOwned):
    """« Semaine de référence », used by many counters; without ranges it closes them."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class WeekRange(TenantOwned):
    """A range of a weekday; slots last `minutes`, or as long as the type says."""

    week = models.ForeignKey(
        ReferenceWeek, on_delete=models.CASCADE, related_name="ranges"
    )
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    start = models.TimeField()
    end = models.TimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="week_range_ends_after_it_starts",
                condition=models.Q(end__gt=models.F("start")),
                violation_error_message=_("A range ends after it begins."),
            ),
            models.CheckConstraint(
                name="week_range_on_a_weekday",
                condition=models.Q(weekday__lte=6),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start:%H:%M}–{self.end:%H:%M}"


class ClosingDay(TenantOwned):
    """A day on which the town is closed, wholly or from an hour on (CTR-005)."""

    day = models.DateField()
    from_time = models.TimeField(null=True, blank=True)
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "day"],
                name="closing_day_once",
                violation_error_message=_("This day is closed already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y} {self.name}"
