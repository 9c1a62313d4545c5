"""Nobody and nothing is in two places at once, whoever writes to the database (BKG-017).

A resource (a counsellor, a desk) is occupied for half-open periods. The exclusion
constraint is the guarantee; the advisory lock in front keeps two hundred people who want
the same from deadlocking on it (docs/adr/0003).
"""

import datetime as dt
import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.db import refusing_with_sentences

LOCK_TIMEOUT = "3s"


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
            )
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

    Must run inside the caller's transaction. Raises Refusal when the time is taken.
    """
    _lock(resource_id)
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
    standing = Occupancy.objects.filter(source_id=source_id, until__gt=Now())
    return bool(standing.update(until=None))


def _lock(resource_id: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)",
            [LOCK_TIMEOUT, _lock_number(resource_id)],
        )


def _lock_number(resource_id: uuid.UUID) -> int:
    """64 bits of the id, signed as PostgreSQL wants them."""
    return int.from_bytes(resource_id.bytes[-8:], signed=True)


def _sweep(resource_id: uuid.UUID) -> list[uuid.UUID]:
    """Drops this resource's lapsed holds, by the database's clock."""
    lapsed = Occupancy.objects.filter(resource_id=resource_id, until__lte=Now())
    sources = list(lapsed.values_list("source_id", flat=True))
    lapsed.delete()
    return sources
