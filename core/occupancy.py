"""Nobody and nothing is in two places at once, whoever writes to the database (BKG-017).

A resource (a counsellor, a desk) is occupied for half-open periods. The exclusion
constraint is the guarantee; the advisory lock in front keeps two hundred people who want
the same from deadlocking on it (docs/adr/0003).
"""

import datetime as dt
import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import OperationalError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models.expressions import Func
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected, LockNotAvailable

from core.db import refusing_with_sentences
from core.errors import Refusal

LOCK_TIMEOUT = "3s"


class ThisMoment(Func):
    """The database's clock as the statement begins.

    `Now()` is the beginning of the transaction: too early for one that queued for a lock.
    """

    function = "STATEMENT_TIMESTAMP"
    template = "%(function)s()"
    output_field = models.DateTimeField()


class Occupancy(models.Model):
    """A resource is taken for a period by a source, for good or until a moment (a hold)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resource_id = models.UUIDField()
    period = DateTimeRangeField()
    source_id = models.UUIDField(unique=True)
    until = models.DateTimeField(null=True)

    class Meta:
        app_label = "core"
        constraints = [
            ExclusionConstraint(
                name="never_in_two_places",
                expressions=[
                    ("resource_id", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This time has just been taken."),
            ),
            # An empty period would overlap nothing, so guard nothing.
            models.CheckConstraint(
                name="occupancy_lasts",
                condition=models.Q(period__isempty=False),
            ),
        ]


def occupy(
    resource_id: uuid.UUID,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    *,
    source_id: uuid.UUID,
    until: dt.datetime | None = None,
) -> list[uuid.UUID]:
    """Takes a resource for a period; gives the sources whose lapsed holds were swept.

    Must run inside the caller's transaction, which stays usable after a refusal.
    Raises Refusal when the time is taken, or when the queue for it is too long.
    """
    lock_resources(resource_id)
    swept = _sweep(resource_id)
    with refusing_with_sentences(), transaction.atomic():
        Occupancy.objects.create(
            resource_id=resource_id,
            period=DateTimeTZRange(starts_at, ends_at, "[)"),
            source_id=source_id,
            until=until,
        )
    return swept


def release(source_id: uuid.UUID) -> None:
    """The source needs its time no longer."""
    Occupancy.objects.filter(source_id=source_id).delete()


def make_definitive(source_id: uuid.UUID) -> bool:
    """Turns a hold that still stands into an occupancy for good; False when it has lapsed."""
    return _set_until(source_id, None)


def extend(source_id: uuid.UUID, *, until: dt.datetime) -> bool:
    """Lets a hold that still stands run until another moment; False when it has lapsed."""
    return _set_until(source_id, until)


def _set_until(source_id: uuid.UUID, until: dt.datetime | None) -> bool:
    """One statement decides: whoever read the row a second ago may be wrong."""
    standing = Occupancy.objects.filter(source_id=source_id, until__gt=ThisMoment())
    return bool(standing.update(until=until))


def lock_resources(*resource_ids: uuid.UUID) -> None:
    """Queues for resources until the transaction ends.

    Who needs several asks for all in one call before taking the first: the sorted order
    keeps two such people from waiting for each other. Raises Refusal after three seconds.
    """
    try:
        with transaction.atomic():
            for resource_id in sorted(set(resource_ids)):
                _lock(resource_id)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
            raise
        raise Refusal(
            _("Many people are choosing a date at this moment. Please try again.")
        ) from error


def _lock(resource_id: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)",
            [LOCK_TIMEOUT, lock_number(resource_id)],
        )


def lock_number(resource_id: uuid.UUID) -> int:
    """64 bits of the id, signed as PostgreSQL wants them."""
    return int.from_bytes(resource_id.bytes[-8:], signed=True)


def _sweep(resource_id: uuid.UUID) -> list[uuid.UUID]:
    """Drops this resource's lapsed holds, by the database's clock."""
    lapsed = Occupancy.objects.filter(resource_id=resource_id, until__lte=ThisMoment())
    sources = list(lapsed.values_list("source_id", flat=True))
    lapsed.delete()
    return sources
