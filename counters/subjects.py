"""People who come to the counters, as those whom data is about."""

import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Tenant
from core.privacy.subjects import Dossier, Found, Subject, register
from counters.models import Appointment, Person
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
    account = {row.user_id} if row.user_id else set()
    return {pk} | account | set(own.values_list("pk", flat=True))


def dossier(tenant: Tenant, pk: uuid.UUID) -> Dossier | None:
    """Everything on a person; None when there is none."""
    return None


register(Subject(KEY, _("Person at the counters"), find, names, ids, dossier))
