"""Counters, the desks they stand at, and their exceptions (CTR-004, 011, 012)."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.expressions import Func
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from core.tenancy import TenantOwned, TenantQuerySet
from counters.models.town import AppointmentType, ReferenceWeek, TownPlace


class Desk(TenantOwned):
    """The physical counter. Counters that share one never serve two people at once."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class CounterQuerySet(TenantQuerySet):
    """Counters."""

    def visible_to(self, membership: Membership) -> Self:
        """Those whose type is the member's service's, or nobody's (CTR-010)."""
        types = AppointmentType.objects.visible_to(membership)
        return self.of(membership.tenant).filter(type__in=types)

    def on_portal(self) -> Self:
        """Those that citizens see: counter and type both say so (CTR-013)."""
        return self.filter(on_portal=True, type__on_portal=True)


class Counter(TenantOwned):
    """« Guichet »: one type, one place, a validity, a reference week."""

    name = models.CharField(max_length=80)
    type = models.ForeignKey(
        AppointmentType, on_delete=models.PROTECT, related_name="counters"
    )
    place = models.ForeignKey(
        TownPlace, on_delete=models.PROTECT, related_name="counters"
    )
    desk = models.ForeignKey(Desk, on_delete=models.PROTECT, related_name="counters")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    week = models.ForeignKey(
        ReferenceWeek, on_delete=models.PROTECT, related_name="counters"
    )
    on_portal = models.BooleanField(default=True)

    objects = CounterQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="counter_ends_after_it_begins",
                condition=models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                violation_error_message=_("The validity ends after it begins."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="counter_name_once",
                violation_error_message=_("A counter of this name exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class _Days(Func):
    """The days of an exception as PostgreSQL's range, both included."""

    function = "DATERANGE"
    template = "%(function)s(%(expressions)s, '[]')"


class ExceptionRange(TenantOwned):
    """« Plage d'exception »: another week for a period."""

    counter = models.ForeignKey(
        Counter, on_delete=models.CASCADE, related_name="exceptions"
    )
    first = models.DateField()
    last = models.DateField()
    week = models.ForeignKey(ReferenceWeek, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exception_ends_after_it_begins",
                condition=models.Q(last__gte=models.F("first")),
                violation_error_message=_("An exception ends after it begins."),
            ),
            ExclusionConstraint(
                name="exceptions_do_not_overlap",
                expressions=[
                    ("counter", RangeOperators.EQUAL),
                    (_Days("first", "last"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Two exceptions overlap."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first:%d.%m.%Y}–{self.last:%d.%m.%Y} {self.week}"
