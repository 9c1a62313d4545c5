"""People who come to the counters, as those whom data is about."""

import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant
from core.privacy.access import section
from core.privacy.subjects import SUBJECTS, Dossier, Found, Subject, register
from counters.models import (
    Appointment,
    AppointmentEvent,
    EarlierWish,
    Person,
    Visit,
)
from counters.queries import find_persons

KEY = "counters.person"


def find(tenant: Tenant, words: str) -> list[Found]:
    """Files by name, number, telephone or e-mail."""
    return [
        Found(
            KEY,
            row.pk,
            str(row),
            (
                f"{row.birth_date:%d.%m.%Y}" if row.birth_date else "",
                row.number,
                row.email,
            ),
        )
        for row in find_persons(tenant, words)[:20]
    ]


def names(tenant: Tenant, pks: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by file, and by appointment."""
    pks = list(pks)
    files = Person.objects.of(tenant).filter(pk__in=pks).exclude(number="")
    found = {row.pk: str(row) for row in files}
    rows = Appointment.objects.of(tenant).filter(pk__in=pks)
    rows = rows.exclude(person__number="").select_related("person")
    return found | {row.pk: str(row.person) for row in rows}


def ids(tenant: Tenant, pk: uuid.UUID) -> set[uuid.UUID]:
    """The file, its account, and its appointments."""
    row = Person.objects.of(tenant).filter(pk=pk).first()
    if row is None:
        return {pk}
    own = Appointment.objects.of(tenant).filter(Q(person=row) | Q(holder=row))
    known = SUBJECTS["accounts.user"].ids
    account = known(tenant, row.user_id) if row.user_id else set()
    return {pk} | account | set(own.values_list("pk", flat=True))


def dossier(tenant: Tenant, pk: uuid.UUID) -> Dossier | None:
    """Everything on a person; None when there is none."""
    person = Person.objects.of(tenant).exclude(number="").filter(pk=pk).first()
    if person is None:
        return None
    own = Q(person=person) | Q(holder=person)
    rows = Appointment.objects.of(tenant).filter(own).order_by("starts_at")
    sections = [
        section(_("File"), [person], LABELS),
        section(_("Appointments"), rows, APPOINTMENT),
        section(
            _("History"),
            AppointmentEvent.objects.filter(appointment__in=rows).order_by("at"),
            {"at": _("Moment"), "what": _("Act")},
        ),
        section(_("Waiting list"), EarlierWish.objects.filter(person=person)),
        section(_("Queue"), Visit.objects.filter(appointment__in=rows)),
    ]
    if person.user_id:
        account = SUBJECTS["accounts.user"].dossier(tenant, person.user_id)
        sections += account.sections if account else []
    return Dossier(str(person), sections)


LABELS = {
    "number": _("Number"),
    "last_name": _("Last name"),
    "first_name": _("First name"),
    "birth_date": _("Date of birth"),
    "email": _("E-mail"),
    "phone": _("Phone number"),
    "language": _("Language"),
    "created_at": _("Entered"),
}
APPOINTMENT = {
    "reference": _("Reference"),
    "starts_at": _("Moment"),
    "state": _("State"),
    "phone": _("Phone number"),
    "comment": _("Comment"),
}


register(Subject(KEY, _("Person at the counters"), find, names, ids, dossier))
