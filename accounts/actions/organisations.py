"""The organisations of an authority, as its operator looks after them."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.people import invite
from accounts.models import Membership, Organisation, Tenant
from accounts.rules import roles_to_give
from core import journal
from core.db import refusing_with_sentences
from core.errors import Refusal
from core.imports import Plan, rows_of, wrong_address

COLUMNS = ("name", "email", "phone")


@transaction.atomic
def save_organisation(
    *,
    by: Membership,
    organisation: Organisation,
    first_administrator: str = "",
    role: str = "",
) -> None:
    """Creates or changes an organisation; a new one's first administrator is invited.

    Raises Refusal for a name that another one bears, or a role that one may not give.
    """
    new = organisation._state.adding
    organisation.tenant = by.tenant
    with refusing_with_sentences(field="name"):
        # Not whether it is open: a colleague may have closed it since it was read.
        organisation.save(update_fields=None if new else COLUMNS)
    action = "organisation.created" if new else "organisation.changed"
    _note(by, action, organisation)
    if first_administrator:
        if role not in roles_to_give(by, organisation):
            raise Refusal(gettext_lazy("You may not give this role."), field="role")
        invite(
            by=by,
            email=first_administrator,
            role=role,
            administrator=True,
            language=by.user.language,
            organisation=organisation,
        )


@transaction.atomic
def set_active(*, by: Membership, organisation: Organisation, active: bool) -> None:
    """Deactivates: its people reach nothing of it from the next request on; or opens it again.

    Raises Refusal for the organisation that one works in: nobody shuts the door on oneself.
    """
    row = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if row.pk == by.organisation_id:
        raise Refusal(gettext_lazy("You work in this organisation yourself."))
    if row.active == active:
        return
    row.active = active
    row.save(update_fields=["active"])
    _note(by, "organisation.opened" if active else "organisation.deactivated", row)


def plan_import(tenant: Tenant, content: bytes) -> Plan:
    """Reads a list of organisations; nothing is written. Raises Refusal for what is no list."""
    plan, seen = Plan(), set[str]()
    known = {row.name.casefold(): row for row in Organisation.objects.of(tenant)}
    for number, line in rows_of(content, COLUMNS, needed=1):
        name = line["name"].casefold()
        wrong = _wrong(line) or (
            _("This name stands twice in the list.") if name in seen else ""
        )
        seen.add(name)
        row = known.get(name)
        if wrong:
            plan.errors.append((number, wrong))
        elif row is None:
            plan.add.append(line)
        elif any(getattr(row, key) != cell for key, cell in _contact(line).items()):
            plan.change.append(line)
        else:
            plan.same += 1
    return plan


def _wrong(line: dict[str, str]) -> str:
    if not line["name"] or len(line["name"]) > 120:
        return _("The name is missing or too long.")
    if len(line.get("phone", "")) > 40:
        return _("The phone number is too long.")
    return wrong_address(line.get("email", ""))


def _contact(line: dict[str, str]) -> dict[str, str]:
    """What a line says besides the name: columns that the list does not have stay as known."""
    return {key: cell for key, cell in line.items() if key != "name"}


@transaction.atomic
def import_organisations(*, by: Membership, content: bytes) -> Plan:
    """Does what the plan says, wholly or not at all. Raises Refusal where a line is wrong."""
    plan = plan_import(by.tenant, content)
    plan.must_be_clean()
    with refusing_with_sentences():
        Organisation.objects.bulk_create(
            Organisation(tenant=by.tenant, **line) for line in plan.add
        )
    for line in plan.change:
        rows = Organisation.objects.of(by.tenant).filter(name__iexact=line["name"])
        rows.update(**_contact(line))
    counts = {"added": len(plan.add), "changed": len(plan.change)}
    _note(by, "organisations.imported", by.tenant, **counts)
    return plan


def _note(by: Membership, action: str, subject: Any, **detail: Any) -> None:
    journal.record(
        action,
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=subject,
        detail=detail,
    )
