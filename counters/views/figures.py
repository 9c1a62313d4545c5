"""Figures of a service, on the screen, as Excel, as CSV (CTR-042)."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.requests import OrganisationRequest
from core import exports, journal
from core.access import allow
from core.forms import PeriodForm
from counters import figures as counts
from counters.access import LEAD, MANAGER

Tables = dict[str, list[counts.Row]]


@allow(MANAGER, LEAD)
def figures(request: OrganisationRequest) -> HttpResponse:
    """Load by counter, type and hour; absences; days until the first free slot."""
    form = PeriodForm.of_address(request.GET, request.tenant.zone)
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "counters/figures.html", context, status=422)
    member, days = request.membership, form.days()
    tables = {
        _("Counter"): counts.by_counter(member, *days),
        _("Appointment type"): counts.by_type(member, *days),
        _("Hour"): counts.by_hour(member, *days),
    }
    waits = counts.waiting(member)
    if kind := request.GET.get("export"):
        return _export(request, kind, tables, days, waits)
    context |= {"tables": tables, "waits": waits}
    return render(request, "counters/figures.html", context)


def _export(
    request: OrganisationRequest,
    kind: str,
    tables: Tables,
    days: tuple[dt.date, dt.date],
    waits: list[tuple[str, int | None]],
) -> HttpResponse:
    journal.record(
        "counters.figures_exported",
        tenant_id=request.tenant.pk,
        actor_id=request.user.pk,
        subject=request.membership.organisation,
        detail={
            "kind": "csv" if kind == "csv" else "xlsx",
            "rows": sum(map(len, tables.values())) + len(waits),
            "from": days[0].isoformat(),
            "until": days[1].isoformat(),
        },
    )
    heads = [
        _("Slots offered"),
        pgettext("slots", "Taken"),
        _("Carried out"),
        _("Absent"),
        _("Cancelled"),
        _("Share in %"),
    ]
    sheets: dict[str, Any] = {
        title: [[title, *heads], *(_named(row) for row in rows)]
        for title, rows in tables.items()
    }
    wait_heads = [_("Appointment type"), _("Days until the first free slot")]
    sheets[_("Waiting")] = [wait_heads, *([name, days] for name, days in waits)]
    if kind == "csv":
        lines = [line for sheet in sheets.values() for line in [*sheet, []]]
        return exports.csv_response(lines, "perron.csv")
    content = exports.workbook(sheets, request.tenant.zone)
    return exports.xlsx_response(content, "perron.xlsx")


def _named(row: counts.Row) -> list[Any]:
    return [row.label or _("All together"), *row.cells[1:]]
