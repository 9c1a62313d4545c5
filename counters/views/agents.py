"""Screens of the agents: slots, appointments, persons (CTR-030 to 039)."""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import OrganisationRequest
from core import journal
from core.access import allow
from core.dates import at, now, today
from core.errors import NotPossible, Refusal
from core.periods import SPANS, next_desk_day, period, start_day
from core.search import words_of
from counters import rules
from counters.access import AGENT, LEAD, MANAGER
from counters.actions import appointments as actions
from counters.actions.persons import new_person, update_person
from counters.agenda import agenda
from counters.forms import (
    AssignForm,
    FilterForm,
    FromDayForm,
    PersonForm,
    SearchForm,
)
from counters.models import Appointment, Person, SavedSearch, Slot
from counters.queries import find_persons
from counters.states import COUNTED, AppointmentState

SIDE_BY_SIDE = 10


@allow(AGENT, LEAD, MANAGER)
def slots(request: OrganisationRequest) -> HttpResponse:
    """« Créneaux »: days, counters side by side; the filter stands in the address."""
    form = FilterForm(request.GET or None, by=request.membership)
    zone = request.tenant.zone
    span = request.GET.get("span", "week")
    day = start_day(request.GET.get("day", ""), next_desk_day(today(zone)))
    shown = period(span if span in SPANS else "week", day)
    counters = list(form.filter().counters_of(request.membership)[:SIDE_BY_SIDE])
    found = agenda(counters, shown.first, shown.last)
    mark = found.mark(request.LANGUAGE_CODE or "", today(zone).isoformat())
    # The open screens ask every twenty seconds: what has not changed is not set again.
    if request.htmx and request.headers.get("If-None-Match") == mark:
        return HttpResponse(status=304, headers={"ETag": mark})
    context = {
        "form": form,
        "shown": shown,
        "today": today(zone),
        "agenda": found,
        "seen": json.dumps({"If-None-Match": mark}),
        "most": SIDE_BY_SIDE,
    }
    answer = render(request, "counters/slots.html", context)
    answer.headers["ETag"] = mark
    return answer


def _slot(request: OrganisationRequest, pk: uuid.UUID) -> Slot:
    rows = Slot.objects.visible_to(request.membership).select_related(
        "tenant", "counter__type", "counter__place", "counter__desk"
    )
    row: Slot = get_object_or_404(rows, pk=pk)
    return row


@allow(AGENT, LEAD, MANAGER)
def slot(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Détail du créneau », with the buttons that its status allows (CTR-032)."""
    row = _slot(request, pk)
    on_it = row.appointments.select_related("person").filter(state__in=COUNTED)
    appointment = on_it.first()
    if appointment:
        _note(request, "counters.read", appointment)
    context = {
        "slot": row,
        "appointment": appointment,
        "moves": rules.moves(row, request.membership),
    }
    return render(request, "counters/slot.html", context)


@allow(AGENT, LEAD, MANAGER, methods="POST")
def move(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Suspendre », « Réserver », « Libérer » (CTR-034, 035)."""
    row = _slot(request, pk)
    name = request.POST.get("name", "")
    known = name in {"suspend", "reserve", "free"}
    try:
        if not known:
            raise NotPossible
        touched = actions.move_slot(by=request.membership, slot=row, name=name)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        if touched and touched.state == AppointmentState.REPLAN:
            sentence = _("%(person)s is told, and stands among those to plan again.")
            messages.warning(request, sentence % {"person": touched.person})
        else:
            messages.success(request, _("The slot is changed."))
    return redirect("counters:slot", pk=pk)


@allow(AGENT, LEAD, methods="GET POST")
def assign(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Attribuer »: a file found while typing, or a new one (CTR-033)."""
    row = _slot(request, pk)
    form = AssignForm(request.POST or None)
    words = words_of(request)
    if words and request.method == "GET":
        _note_search(request, "counters.persons_searched")
    context: dict[str, Any] = {
        "slot": row,
        "form": form,
        "words": words,
        "found": find_persons(request.tenant, words)[:8] if words else [],
        "chosen": _chosen(request),
    }
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # no new file, if the slot is gone
                visitor = _visitor(request, form.cleaned_data)
                actions.assign(by=request.membership, slot=row, visitor=visitor)
        except actions.SlotTaken as error:
            context |= {"taken": error.sentence, "nearest": actions.nearest(row)}
            return render(request, "counters/assign.html", context, status=409)
        messages.success(request, _("The slot is assigned."))
        return redirect("counters:slot", pk=pk)
    status = 422 if form.is_bound else 200
    return render(request, "counters/assign.html", context, status=status)


def _chosen(request: OrganisationRequest) -> Person | None:
    wished = request.GET.get("person") or request.POST.get("person") or ""
    try:
        key = uuid.UUID(wished)
    except ValueError:
        return None
    found: Person | None = (
        Person.objects.of(request.tenant).exclude(number="").filter(pk=key).first()
    )
    return found


def _visitor(request: OrganisationRequest, typed: dict[str, Any]) -> actions.Visitor:
    person = _chosen(request)
    if person is None:
        person = new_person(
            tenant=request.tenant,
            last_name=typed["last_name"],
            first_name=typed["first_name"],
            birth_date=typed["birth_date"],
            email=typed["email"],
            phone=typed["phone"],
            language=request.LANGUAGE_CODE or "fr",
        )
    return actions.Visitor(person, phone=typed["phone"], comment=typed["comment"])


def _list(
    request: OrganisationRequest, state: AppointmentState, title: Any
) -> HttpResponse:
    form = FilterForm(request.GET or None, by=request.membership)
    chosen = form.filter()
    rows = Appointment.objects.visible_to(request.membership)
    # Not all facts: PostgreSQL takes longer to plan nine joins than to do them.
    rows = rows.select_related("person", "type", "counter__place")
    rows = rows.shown_as(state).exclude(person__number="")
    if chosen.type:
        rows = rows.filter(type=chosen.type)
    if chosen.place:
        rows = rows.filter(counter__place=chosen.place)
    if chosen.counter:
        rows = rows.filter(counter=chosen.counter)
    words = words_of(request)
    if words:
        rows = rows.filter(person__in=find_persons(request.tenant, words))
    page = Paginator(rows.order_by("starts_at", "pk"), 20)
    if words:
        _note_search(request, "counters.searched", found=page.count)
    context = {
        "form": form,
        "title": title,
        "words": words,
        "page": page.get_page(request.GET.get("page")),
        "entry": state,
        "list_url": request.path,
        "searches": SavedSearch.objects.visible_to(request.membership)
        .filter(entry=state)
        .order_by("user", "name"),
        "search_form": SearchForm(),
        "query": request.GET.urlencode(),
    }
    return render(request, "counters/appointments.html", context)


@allow(AGENT, LEAD)
def planned(request: OrganisationRequest) -> HttpResponse:
    """« Rendez-vous planifiés » (CTR-036)."""
    title = gettext_lazy("Planned appointments")
    return _list(request, AppointmentState.PLANNED, title)


@allow(AGENT, LEAD)
def replan(request: OrganisationRequest) -> HttpResponse:
    """« Rendez-vous à replanifier » (CTR-038)."""
    title = gettext_lazy("Appointments to plan again")
    return _list(request, AppointmentState.REPLAN, title)


@allow(AGENT, LEAD)
def no_status(request: OrganisationRequest) -> HttpResponse:
    """« Rendez-vous passés sans statut » (CTR-039)."""
    title = gettext_lazy("Past without status")
    return _list(request, AppointmentState.NO_STATUS, title)


def _note(request: OrganisationRequest, action: str, row: Model) -> None:
    """Who opens somebody's record stands in the journal."""
    journal.record(
        action, tenant_id=request.tenant.pk, actor_id=request.user.pk, subject=row
    )


def _note_search(request: OrganisationRequest, action: str, **detail: int) -> None:
    """So does who searches by name: that it was done, never the name."""
    journal.record(
        action,
        tenant_id=request.tenant.pk,
        actor_id=request.user.pk,
        detail=detail,
    )


def _appointment(request: OrganisationRequest, pk: uuid.UUID) -> Appointment:
    rows: QuerySet[Appointment] = Appointment.objects.visible_to(request.membership)
    row: Appointment = get_object_or_404(rows.with_facts(), pk=pk)  # type: ignore[attr-defined]
    if request.method == "GET":
        _note(request, "counters.read", row)
    return row


@allow(AGENT, LEAD)
def appointment(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Détail du rendez-vous » (CTR-036)."""
    row = _appointment(request, pk)
    context = {
        "appointment": row,
        "events": row.events.select_related("by").order_by("at", "pk"),
        "can_change": rules.can_change_slot(row),
        "can_cancel": rules.can_cancel(row),
        "can_mark": rules.can_mark(row),
    }
    return render(request, "counters/appointment.html", context)


@allow(AGENT, LEAD, methods="GET POST")
def change(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Changer le créneau »: free ones are proposed (CTR-036, 038, 039)."""
    row = _appointment(request, pk)
    refusal = None
    if request.method == "POST":
        wished = _wished_slot(request)
        try:
            actions.change_slot(by=request.user, appointment=row, slot=wished)
        except Refusal as error:
            refusal = error.sentence
        else:
            messages.success(
                request, _("The appointment is moved; the person is told.")
            )
            return redirect("counters:appointment", pk=pk)
    zone = request.tenant.zone
    form = FromDayForm.of_address(request.GET, next_desk_day(today(zone)))
    day = form.cleaned_data["day"] if form.is_valid() else today(zone)
    free = (
        Slot.objects.visible_to(request.membership)
        .takeable(now())
        .filter(counter__type=row.type_id, starts_at__gte=at(day, dt.time(), zone))
        .select_related("counter__place")
        .order_by("starts_at", "pk")
    )
    context = {"appointment": row, "slots": free[:20], "refusal": refusal, "form": form}
    status = 409 if refusal else 200
    return render(request, "counters/change.html", context, status=status)


def _wished_slot(request: OrganisationRequest) -> Slot:
    try:
        key = uuid.UUID(request.POST.get("slot", ""))
    except ValueError:
        key = uuid.UUID(int=0)
    return _slot(request, key)


def _do(
    request: OrganisationRequest, pk: uuid.UUID, work: Callable[[], object], said: str
) -> HttpResponse:
    try:
        work()
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, said)
    return redirect("counters:appointment", pk=pk)


@allow(AGENT, LEAD, methods="GET POST")
def cancel(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Annuler le rendez-vous », after a question that names the person."""
    row = _appointment(request, pk)
    if request.method == "GET":
        return render(request, "counters/cancel.html", {"appointment": row})
    return _do(
        request,
        pk,
        lambda: actions.cancel(by=request.user, appointment=row),
        _("The appointment is cancelled; the person is told."),
    )


@allow(AGENT, LEAD, methods="POST")
def mark(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Rendez-vous réalisé », « Personne absente » (CTR-039)."""
    row = _appointment(request, pk)
    done = request.POST.get("outcome") == "done"
    return _do(
        request,
        pk,
        lambda: actions.mark(by=request.membership, appointment=row, done=done),
        _("Noted."),
    )


@allow(AGENT, LEAD)
def persons(request: OrganisationRequest) -> HttpResponse:
    """The files, by name, number or telephone."""
    words = words_of(request)
    rows = find_persons(request.tenant, words)
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    if words:
        found = page.paginator.count
        _note_search(request, "counters.persons_searched", found=found)
    context = {"page": page, "words": words}
    return render(request, "counters/persons.html", context)


@allow(AGENT, LEAD, methods="GET POST")
def person(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """A person's file with « Rendez-vous », by type and counted (CTR-037)."""
    files = Person.objects.of(request.tenant).exclude(number="")
    row: Person = get_object_or_404(files, pk=pk)
    form = PersonForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        update_person(by=request.membership, person=row, changed=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("counters:person", pk=pk)
    _note(request, "counters.person_read", row)
    coming = request.GET.get("which") == "coming"
    rows = Appointment.objects.visible_to(request.membership).with_facts()
    rows = rows.filter(person=row).exclude(state=AppointmentState.LAPSED)
    if coming:
        rows = rows.filter(state=AppointmentState.PLANNED, starts_at__gt=now())
    by_type: dict[str, list[Appointment]] = {}
    for one in rows.order_by("type__name", "-starts_at", "pk"):
        by_type.setdefault(one.type.name, []).append(one)
    context = {"person": row, "form": form, "by_type": by_type, "coming": coming}
    status = 422 if form.is_bound else 200
    return render(request, "counters/person.html", context, status=status)
