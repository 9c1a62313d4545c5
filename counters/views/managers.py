"""Screens of the counter managers: counters, their weeks and exceptions (CTR-010 to 015)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import OrganisationRequest
from core.access import allow
from core.errors import Refusal
from counters.access import LEAD, MANAGER
from counters.actions import opening
from counters.forms import CounterForm, ExceptionFormSet
from counters.models import Counter, ExceptionRange, ReferenceWeek


@allow(MANAGER, LEAD)
def counters(request: OrganisationRequest) -> HttpResponse:
    """« Gestion des guichets »: those of one's services."""
    rows = Counter.objects.visible_to(request.membership)
    rows = rows.select_related("type", "place", "week").order_by("name", "pk")
    return render(request, "counters/counters.html", {"rows": rows})


@allow(MANAGER, LEAD, methods="GET POST")
def add_counter(request: OrganisationRequest) -> HttpResponse:
    """« Création d'un guichet » (CTR-011)."""
    return _edit(request, None)


@allow(MANAGER, LEAD, methods="GET POST")
def counter(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """A counter's week, validity and exceptions; what a change touches is shown first."""
    rows = Counter.objects.visible_to(request.membership).select_related(
        "desk", "tenant"
    )
    return _edit(request, get_object_or_404(rows, pk=pk))


def _formset(request: OrganisationRequest, row: Counter | None) -> Any:
    mine = ExceptionRange.objects.none()
    if row is not None:
        mine = row.exceptions.order_by("first")
    formset: Any = ExceptionFormSet(
        request.POST or None, queryset=mine, prefix="exceptions"
    )
    formset.weeks = ReferenceWeek.objects.of(request.tenant).order_by("name", "pk")
    return formset


def _edit(request: OrganisationRequest, row: Counter | None) -> HttpResponse:
    by = request.membership
    form = CounterForm(request.POST or None, instance=row, by=by)
    formset = _formset(request, row)
    context: dict[str, Any] = {
        "form": form,
        "formset": formset,
        "counter": row,
        "change": None,
    }
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid() and formset.is_valid():
        wanted = form.counter()
        exceptions = [one.instance for one in formset.kept()]
        change = opening.plan(wanted, exceptions)
        if (change.to_replan or change.without_status) and "sure" not in request.POST:
            context["change"], status = change, 200
        else:
            try:
                done = opening.save_counter(
                    by=by, counter=wanted, exceptions=exceptions
                )
            except Refusal as error:
                form.refuse(error)
            else:
                _say(request, done)
                return redirect("counters:counters")
    return render(request, "counters/counter.html", context, status=status)


def _say(request: OrganisationRequest, done: opening.Change) -> None:
    if done.to_replan:
        messages.warning(
            request,
            _("Saved. %(number)d appointments are to be planned again; all are told.")
            % {"number": len(done.to_replan)},
        )
    else:
        messages.success(
            request, _("Saved. %(number)d slots are open.") % {"number": len(done.add)}
        )
