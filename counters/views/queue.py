"""Today's queue at the counter, and the waiting room's screen (CTR-041)."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import OrganisationRequest
from core.access import allow, public
from core.dates import at, today
from core.errors import Refusal
from counters.access import AGENT, LEAD
from counters.actions import queue as actions
from counters.forms import DeskForm, WalkInForm
from counters.models import Appointment, Counter, TownPlace, Visit
from counters.states import AppointmentState, VisitState

ON_THE_SCREEN = 6
MY_COUNTER = "counters.my_counter"  # in the session: who sits down tells it once


@allow(AGENT, LEAD)
def queue(request: OrganisationRequest) -> HttpResponse:
    """Who is at the counter, who waits, who is expected; the counter stands in the address."""
    last = request.session.get(MY_COUNTER, "")
    form = DeskForm(request.GET or {"counter": last}, by=request.membership)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        counter = form.cleaned_data["counter"]
        request.session[MY_COUNTER] = str(counter.pk)
        context |= _queue_of(request, counter)
    elif not request.GET:
        context["form"] = DeskForm(by=request.membership)
    return render(request, "counters/queue.html", context)


def _queue_of(request: OrganisationRequest, counter: Counter) -> dict[str, Any]:
    zone = request.tenant.zone
    day = today(zone)
    visits = Visit.objects.visible_to(request.membership).filter(
        place=counter.place, day=day
    )
    facts = ("appointment__person", "type", "counter")
    expected = Appointment.objects.visible_to(request.membership).filter(
        counter__place=counter.place,
        type=counter.type,
        state=AppointmentState.PLANNED,
        visit=None,
        starts_at__gte=at(day, dt.time(), zone),
        starts_at__lt=at(day + dt.timedelta(days=1), dt.time(), zone),
    )
    called = visits.filter(state=VisitState.CALLED).select_related(*facts)
    return {
        "counter": counter,
        "present": called.filter(counter=counter).first(),
        "elsewhere": called.exclude(counter=counter).order_by("counter__name"),
        "waiting": visits.in_turn().select_related(*facts),
        "gone": visits.filter(state=VisitState.GONE).select_related(*facts),
        "expected": expected.select_related("person").order_by("starts_at", "pk"),
        "walk_in": WalkInForm(by=request.membership, initial={"type": counter.type_id}),
    }


@allow(AGENT, LEAD, methods="POST")
def arrive(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Est arrivé·e »."""
    rows = Appointment.objects.visible_to(request.membership).with_facts()
    row = get_object_or_404(rows, pk=pk)
    return _do(request, lambda: actions.arrive(by=request.membership, appointment=row))


@allow(AGENT, LEAD, methods="POST")
def walk_in(request: OrganisationRequest) -> HttpResponse:
    """A number for somebody without an appointment."""
    counter = _counter(request)
    form = WalkInForm(request.POST, by=request.membership)
    if not form.is_valid():
        messages.error(request, _("Choose what the person comes for."))
        return _back(request)
    type_ = form.cleaned_data["type"]
    return _do(
        request,
        lambda: actions.walk_in(
            by=request.membership, place=counter.place, type_=type_
        ),
    )


@allow(AGENT, LEAD, methods="POST")
def call_next(request: OrganisationRequest) -> HttpResponse:
    """« Appeler le suivant »."""
    counter = _counter(request)
    if actions.call_next(by=request.membership, counter=counter) is None:
        messages.info(request, _("Nobody is waiting."))
    return _back(request)


@allow(AGENT, LEAD, methods="POST")
def step(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """One visit: called, put back, served, gone."""
    visit = get_object_or_404(Visit.objects.visible_to(request.membership), pk=pk)
    member, name = request.membership, request.POST.get("step", "")
    steps: dict[str, Callable[[], object]] = {
        "call": lambda: actions.call(by=member, visit=visit, counter=_counter(request)),
        "put_back": lambda: actions.put_back(by=member, visit=visit),
        "served": lambda: actions.end(by=member, visit=visit, served=True),
        "gone": lambda: actions.end(by=member, visit=visit, served=False),
    }
    return _do(request, steps.get(name, lambda: None))


def _counter(request: OrganisationRequest) -> Counter:
    """The counter that the agent sits at; 404 when it is not one of theirs."""
    form = DeskForm(request.POST, by=request.membership)
    chosen = form.cleaned_data["counter"].pk if form.is_valid() else uuid.UUID(int=0)
    counters = Counter.objects.visible_to(request.membership)
    row: Counter = get_object_or_404(
        counters.select_related("place", "type"), pk=chosen
    )
    return row


def _do(request: OrganisationRequest, work: Callable[[], object]) -> HttpResponse:
    try:
        work()
    except Refusal as error:
        messages.error(request, str(error.sentence))
    return _back(request)


def _back(request: OrganisationRequest) -> HttpResponse:
    query = urlencode({"counter": request.POST.get("counter", "")})
    return redirect(f"{reverse('counters:queue')}?{query}")


@public()
def waiting_room(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The screen on the wall: numbers and counters, nobody's name."""
    tenant = request.tenant  # type: ignore[attr-defined]
    place = get_object_or_404(TownPlace.objects.of(tenant), pk=pk)
    visits = Visit.objects.of(tenant).filter(place=place, day=today(tenant.zone))
    called = visits.filter(state=VisitState.CALLED).select_related("counter")
    context = {
        "place": place,
        "called": called.order_by("-called_at")[:ON_THE_SCREEN],
        "waiting": visits.filter(state=VisitState.WAITING).count(),
    }
    page = render(request, "counters/waiting_room.html", context)
    # The whole page once a minute: nobody stands at this screen to put it right.
    page["Refresh"] = "60"
    return page
