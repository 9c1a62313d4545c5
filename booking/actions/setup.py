"""What the operator sets up: records, settings, a list of communes (BKG-054)."""

import re
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.actions.people import invite
from accounts.models import Membership, Organisation, Tenant
from booking.models import Commune, Office
from core import journal, records
from core.db import refusing_with_sentences
from core.imports import Plan, rows_of, wrong_address

COLUMNS = ("commune", "postcode", "office", "email")
POSTCODE = re.compile(r"^[1-9]\d{3}$")


@transaction.atomic
def save_record(*, by: Membership, form: Any) -> models.Model:
    """Saves what a form of the operator holds, and sends its invitation. Raises Refusal."""
    record = records.save(app="booking", by=by, form=form)
    if address := form.cleaned_data.get("invite"):
        invite(
            by=by,
            email=address,
            role=form.role,
            administrator=True,
            language=by.user.language,
            organisation=record.organisation,  # type: ignore[attr-defined]
        )
    return record


def delete_record(*, by: Membership, record: Any) -> None:
    """Deletes a record that nothing refers to. Raises Refusal."""
    records.delete(app="booking", by=by, record=record)


@transaction.atomic
def save_settings(*, by: Membership, settings: dict[str, Any]) -> None:
    """The operator's settings of booking; they hold from the next page on."""
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=by.tenant_id)
    tenant.settings |= settings
    tenant.save(update_fields=["settings"])
    journal.record(
        "booking.settings_saved",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=tenant,
    )


def plan_import(tenant: Tenant, content: bytes) -> Plan:
    """Reads a list of communes; nothing is written. Raises Refusal for what is no such list."""
    plan, seen = Plan(), set[str]()
    offices = {
        str(office).casefold()
        for office in Office.objects.of(tenant).select_related("organisation")
    }
    known = {
        commune.organisation.name.casefold(): commune
        for commune in Commune.objects.of(tenant).select_related(
            "organisation", "office__organisation"
        )
    }
    taken = {
        name.casefold()
        for name in Organisation.objects.of(tenant).values_list("name", flat=True)
    }
    for number, row in rows_of(content, COLUMNS, needed=3):
        name = row["commune"].casefold()
        wrong = _wrong(row, offices)
        if not wrong and name in seen:
            wrong = _("This commune stands twice in the list.")
        if not wrong and name in taken and name not in known:
            wrong = _("An organisation that is no commune bears this name.")
        seen.add(name)
        if wrong:
            plan.errors.append((number, wrong))
        elif name not in known:
            plan.add.append(row)
        elif _differs(known[name], row):
            plan.change.append(row)
        else:
            plan.same += 1
    return plan


def _wrong(row: dict[str, str], offices: set[str]) -> str:
    """What is wrong with a line, in words; empty when nothing is."""
    if not row["commune"] or len(row["commune"]) > 120:
        return _("The commune's name is missing or too long.")
    if not POSTCODE.match(row["postcode"]):
        return _("A postcode has four digits, for example 2610.")
    if row["office"].casefold() not in offices:
        return _("There is no office “%(name)s”.") % {"name": row["office"]}
    return wrong_address(row.get("email", ""))


def _differs(commune: Commune, row: dict[str, str]) -> bool:
    same_office = str(commune.office).casefold() == row["office"].casefold()
    return commune.postcode != row["postcode"] or not same_office


@transaction.atomic
def import_communes(*, by: Membership, content: bytes) -> Plan:
    """Does what the plan says, wholly or not at all. Raises Refusal where a line is wrong."""
    plan = plan_import(by.tenant, content)
    plan.must_be_clean()
    offices = {
        str(office).casefold(): office
        for office in Office.objects.of(by.tenant).select_related("organisation")
    }
    for row in plan.add:
        _add(by, row, offices[row["office"].casefold()])
    for row in plan.change:
        Commune.objects.of(by.tenant).filter(
            organisation__name__iexact=row["commune"]
        ).update(postcode=row["postcode"], office=offices[row["office"].casefold()])
    journal.record(
        "booking.communes_imported",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=by.tenant,
        detail={"added": len(plan.add), "changed": len(plan.change)},
    )
    return plan


def _add(by: Membership, row: dict[str, str], office: Office) -> None:
    with refusing_with_sentences():
        body = Organisation.objects.create(tenant=by.tenant, name=row["commune"])
    Commune.objects.create(
        tenant=by.tenant, organisation=body, office=office, postcode=row["postcode"]
    )
    if email := row.get("email"):
        invite(
            by=by,
            email=email,
            role="booking.commune",
            administrator=True,
            language=by.user.language,
            organisation=body,
        )
