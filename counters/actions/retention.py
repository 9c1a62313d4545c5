"""What the counters know of people goes with its time; the figures stay (TRUST §5)."""

import uuid

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from accounts.models import Tenant
from core.messages.models import OutgoingMessage
from core.privacy.retention import before
from core.privacy.subjects import held_ids
from counters.actions.appointments import new_reference
from counters.models import (
    Appointment,
    AppointmentEvent,
    EarlierWish,
    Person,
    SavedSearch,
    Visit,
)

APPOINTMENTS = "counters.appointments"
FILES = "counters.files"
VISITS = "counters.visits"
WISHES = "counters.wishes"
SEARCHES = "counters.searches"


def nobody(tenant: Tenant) -> Person:
    """The file without number or name that stands where somebody's stood."""
    found: Person = Person.objects.get_or_create(tenant=tenant, number="")[0]
    return found


def appointments(tenant: Tenant) -> list[QuerySet[Appointment]]:
    """Those of long ago that still name somebody."""
    held = held_ids(tenant)
    rows = Appointment.objects.of(tenant).filter(
        ends_at__lt=before(tenant, APPOINTMENTS)
    )
    named = rows.exclude(person__number="")
    return [
        named.exclude(Q(person__in=held) | Q(holder__in=held) & Q(holder__isnull=False))
    ]


@transaction.atomic
def anonymise(
    tenant: Tenant, model: type[Model], pks: list[uuid.UUID]
) -> list[uuid.UUID]:
    """Cuts appointments off from people; of the moment they were taken the month stays."""
    rows = Appointment.objects.of(tenant).filter(pk__in=pks)
    rows = rows.exclude(person__number="")
    found = list(rows.values_list("pk", flat=True))
    AppointmentEvent.objects.filter(appointment__in=found).delete()
    EarlierWish.objects.filter(appointment__in=found).delete()
    messages = OutgoingMessage.objects.filter(
        tenant=tenant, kind__startswith="counters."
    )
    messages.about(found).delete()
    for pk in found:
        # Another reference: the letter in somebody's drawer leads nowhere.
        Appointment.objects.filter(pk=pk).update(
            person=nobody(tenant),
            holder=None,
            taken_by=None,
            phone="",
            comment="",
            by_sms=False,
            reference=new_reference(),
            rank=None,
            most=None,
            reminded_at=None,
            taken_at=TruncMonth("taken_at", tzinfo=tenant.zone),
        )
    return found


def files(tenant: Tenant) -> list[QuerySet[Person]]:
    """Files that no appointment names any more, and whose account, if any, is gone."""
    of_person = Appointment.objects.filter(
        Q(person=OuterRef("pk")) | Q(holder=OuterRef("pk"))
    )
    rows = Person.objects.of(tenant).filter(
        Q(user=None) | Q(user__erased_at__isnull=False),
        ~Exists(of_person),
        created_at__lt=before(tenant, FILES),
    )
    return [rows.exclude(number="").exclude(pk__in=held_ids(tenant))]


def visits(tenant: Tenant) -> list[QuerySet[Visit]]:
    """Numbers of the queue, of days long gone."""
    limit = before(tenant, VISITS).date()
    rows = Visit.objects.of(tenant).filter(day__lt=limit)
    held = Appointment.objects.filter(
        Q(person__in=held_ids(tenant)) | Q(holder__in=held_ids(tenant))
    )
    return [rows.filter(Q(appointment=None) | ~Q(appointment__in=held))]


def wishes(tenant: Tenant) -> list[QuerySet[EarlierWish]]:
    """« Prévenez-moi », answered or not."""
    rows = EarlierWish.objects.of(tenant).exclude(person__in=held_ids(tenant))
    return [rows.filter(created_at__lt=before(tenant, WISHES))]


def searches(tenant: Tenant) -> list[QuerySet[SavedSearch]]:
    """Searches for words, which may be names; and those of accounts that are gone."""
    rows = SavedSearch.objects.of(tenant)
    old = rows.filter(saved_at__lt=before(tenant, SEARCHES), query__contains="q=")
    return [old, rows.filter(user__erased_at__isnull=False)]
