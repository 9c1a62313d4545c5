"""Persons' files: an agent opens and corrects them, a citizen's follows the account."""

import datetime as dt

from django.db import transaction

from accounts.models import Membership, Tenant, User
from core import journal
from counters.models import Person


def person_of(user: User) -> Person:
    """The file of a citizen's account; made at the first visit."""
    rows = Person.objects.of(user.tenant).filter(user=user)
    found: Person | None = rows.first()
    if found:
        return found
    with transaction.atomic():
        lock_numbers(user.tenant)
        found = rows.first()  # perhaps by the other of two first clicks
        return found or new_person(
            tenant=user.tenant,
            last_name=user.last_name,
            first_name=user.first_name,
            email=user.email,
            language=user.language,
            user=user,
        )


def follow_account(user: User) -> None:
    """The file of a citizen's account has the account's name, address and language."""
    Person.objects.filter(user=user).update(
        last_name=user.last_name,
        first_name=user.first_name,
        email=user.email,
        language=user.language,
    )


def lock_numbers(tenant: Tenant) -> None:
    """One at a time: two clerks who open a file in the same second get two numbers."""
    rows = Tenant.objects.select_for_update(no_key=True).filter(pk=tenant.pk)
    list(rows.values_list("pk"))


@transaction.atomic
def new_person(
    *,
    tenant: Tenant,
    last_name: str,
    first_name: str,
    birth_date: dt.date | None = None,
    email: str = "",
    phone: str = "",
    language: str = "fr",
    user: User | None = None,
) -> Person:
    """A new file, with the tenant's next number (« C000098 »)."""
    lock_numbers(tenant)
    last = (
        Person.objects.of(tenant).order_by("-number").values_list("number", flat=True)
    )
    number = int((last.first() or "C000000")[1:]) + 1
    person: Person = Person.objects.create(
        tenant=tenant,
        number=f"C{number:06d}",
        last_name=last_name,
        first_name=first_name,
        birth_date=birth_date,
        email=email,
        phone=phone,
        language=language,
        user=user,
    )
    return person


@transaction.atomic
def update_person(*, by: Membership, person: Person, changed: list[str]) -> None:
    """An agent corrects a file (CTR-037)."""
    person.save(update_fields=changed)
    journal.record(
        "counters.person_changed",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=person,
        detail={"fields": changed},
    )
