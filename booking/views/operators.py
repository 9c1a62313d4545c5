"""Screens of the operator: what booking needs to know of the authority (BKG-054, 055)."""

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import fresh
from accounts.access import OPERATOR
from accounts.requests import OrganisationRequest
from booking.actions import retention, setup
from booking.actions.reminders import DEFAULT_REMINDER_DAYS
from booking.models import InformationSheet
from booking.operator_forms import KINDS, ImportForm, SettingsForm
from booking.rules import DEFAULT_HOLD_HOURS, DEFAULT_MANDATORY_WEEKS
from core.access import allow
from core.documents import render as rendering
from core.documents.responses import document_response
from core.errors import Refusal
from core.import_views import import_page
from core.privacy.retention import KINDS as KINDS_ERASED
from core.records import Kind, kind_of, list_page

# Field of the form → name of the setting, and what holds until it is set.
SETTINGS: dict[str, tuple[str, Any]] = {
    "hold_hours": ("booking.hold_hours", DEFAULT_HOLD_HOURS),
    "mandatory_weeks": ("booking.mandatory_weeks", DEFAULT_MANDATORY_WEEKS),
    "reminder_days": ("booking.reminder_days", DEFAULT_REMINDER_DAYS),
    "reminder_sms": ("booking.reminder_sms", False),
    "retention_months": ("booking.retention_months", retention.DEFAULT_MONTHS),
}


@allow(OPERATOR)
def records(request: OrganisationRequest, key: str = "communes") -> HttpResponse:
    """The records of one kind."""
    return list_page(request, KINDS, key)


@allow(OPERATOR, methods="GET POST")
def add_record(request: OrganisationRequest, key: str) -> HttpResponse:
    """A new record."""
    return _edit(request, kind_of(KINDS, key), None)


@allow(OPERATOR, methods="GET POST")
def record(request: OrganisationRequest, key: str, pk: uuid.UUID) -> HttpResponse:
    """One record, to change or to delete."""
    kind = kind_of(KINDS, key)
    return _edit(request, kind, get_object_or_404(kind.rows(request.tenant), pk=pk))


def _edit(request: OrganisationRequest, kind: Kind, row: Any) -> HttpResponse:
    posted = request.method == "POST"
    form = kind.form(
        request.POST if posted else None, instance=row, tenant=request.tenant
    )
    if "invite" in form.fields:
        fresh.ask_for_an_invitation(request, form)
    try:
        if row is not None and "delete" in request.POST:
            setup.delete_record(by=request.membership, record=row)
            messages.success(request, _("Deleted."))
            return redirect("booking:records", key=kind.key)
        if posted and form.is_valid() and fresh.behind_an_invitation(request, form):
            setup.save_record(by=request.membership, form=form)
            messages.success(request, _("Saved."))
            return redirect("booking:records", key=kind.key)
    except Refusal as error:
        form.refuse(error)
    context = {"form": form, "kind": kind, "record": row}
    status = 422 if posted else 200
    return render(request, "core/record.html", context, status=status)


@allow(OPERATOR)
def preview_sheet(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponseBase:
    """An information sheet as it will be printed (BKG-054)."""
    sheet = get_object_or_404(InformationSheet.objects.of(request.tenant), pk=pk)
    document = rendering.request(
        tenant=request.tenant,
        kind="booking.sheet_preview",
        subject_id=sheet.pk,
        language=sheet.language,
    )
    name = f"fiche-{sheet.language}.pdf"
    return document_response(request, document, filename=name)


@allow(OPERATOR, methods="GET POST")
def import_communes(request: OrganisationRequest) -> HttpResponse:
    """A list of communes: first what it would do, then the real thing. It invites their
    administrators, so a fresh code stands before it.
    """
    if not fresh.is_fresh(request):
        return fresh.lead_to_proof(request.path)
    return import_page(
        request,
        form=ImportForm(request.POST or None, request.FILES or None),
        plan=partial(setup.plan_import, request.tenant),
        work=partial(setup.import_communes, by=request.membership),
        title=_("Import communes"),
        back=reverse("booking:records", args=["communes"]),
    )


@allow(OPERATOR, methods="GET POST")
def settings(request: OrganisationRequest) -> HttpResponse:
    """The settings, each with its meaning; and what retention would delete today."""
    initial = {
        field: request.tenant.setting(name, default)
        for field, (name, default) in SETTINGS.items()
    }
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        new = {SETTINGS[field][0]: value for field, value in form.cleaned_data.items()}
        setup.save_settings(by=request.membership, settings=new)
        messages.success(request, _("Saved."))
        return redirect("booking:settings")
    context = {
        "form": form,
        "due": KINDS_ERASED[retention.CLIENTS].count(request.tenant),
    }
    status = 422 if form.is_bound else 200
    return render(request, "booking/operator/settings.html", context, status=status)
