"""Screens of the operator: what the counters need to know of the town (CTR-001 to 005)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import OPERATOR
from accounts.requests import OrganisationRequest
from core.access import allow
from core.errors import Refusal
from core.records import Kind, kind_of, list_page
from counters.actions import setup
from counters.models import WEEKDAYS, ReferenceWeek
from counters.operator_forms import KINDS


@allow(OPERATOR)
def records(request: OrganisationRequest, key: str = "types") -> HttpResponse:
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
    touched: list[Any] = []
    try:
        if row is not None and "delete" in request.POST:
            setup.delete_record(by=request.membership, record=row)
            messages.success(request, _("Deleted."))
            return redirect("counters:records", key=kind.key)
        if posted and form.is_valid():
            sure = "sure" in request.POST
            touched = setup.save_record(by=request.membership, form=form, sure=sure)
            if sure or not touched:
                messages.success(request, _("Saved."))
                return redirect("counters:records", key=kind.key)
    except Refusal as error:
        form.refuse(error)
    context = {
        "form": form,
        "kind": kind,
        "record": row,
        "touched": touched,
        "week": _drawn(row) if isinstance(row, ReferenceWeek) else None,
    }
    status = 422 if posted and not touched else 200
    return render(request, "core/record.html", context, status=status)


def _drawn(week: ReferenceWeek) -> list[tuple[Any, list[Any]]]:
    """The week as it is drawn: each weekday with its ranges."""
    ranges = list(week.ranges.order_by("weekday", "start"))
    return [
        (name, [row for row in ranges if row.weekday == number])
        for number, name in WEEKDAYS
    ]
