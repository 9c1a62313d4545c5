"""What the operator sets up; what it touches is planned, shown, and told (CTR-001 to 005, 014)."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Membership
from core import records
from counters.actions import opening
from counters.models import Appointment, ClosingDay, Counter, ReferenceWeek


def save_record(*, by: Membership, form: Any, sure: bool) -> list[Appointment]:
    """Saves a record and lets all counters follow; gives the appointments it touches.

    Where it touches some and nobody is `sure`, nothing is saved. Raises Refusal.
    """
    with transaction.atomic():
        record = records.save(app="counters", by=by, form=form)
        touched = opening.follow(by=by, counters=_following(record, by))
        if touched and not sure:
            transaction.set_rollback(True)
    return touched


def delete_record(*, by: Membership, record: Any) -> None:
    """Deletes a record that nothing refers to; a closing day's slots open again."""
    with transaction.atomic():
        following = list(_following(record, by))
        records.delete(app="counters", by=by, record=record)
        opening.follow(by=by, counters=following)


def _following(record: Any, by: Membership) -> Any:
    """The counters whose slots depend on this record."""
    rows = Counter.objects.of(by.tenant)
    if isinstance(record, ReferenceWeek):
        mine = Q(week=record) | Q(exceptions__week=record)
        return rows.filter(mine).distinct().order_by("pk")
    if isinstance(record, ClosingDay):
        return rows.order_by("pk")
    if record._meta.model_name == "appointmenttype":
        return rows.filter(type=record).order_by("pk")
    return rows.none()
