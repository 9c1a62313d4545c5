"""The portal: one question a page (CTR-020 to 025)."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import OrganisationRequest
from core import journal
from core.access import allow
from core.dates import now, today
from core.errors import NotPossible, Refusal
from core.periods import start_day
from core.words import day_in_words, hour
from counters import rules
from counters.access import CITIZEN
from counters.actions import appointments as actions
from counters.actions import portal, waiting
from counters.forms import DetailsForm
from counters.messages import calendar_of
from counters.models import Appointment, AppointmentType, EarlierWish, Slot, TownPlace
from counters.queries import first_by_place, slots_on_portal, times_at, types_on_portal
from counters.states import AppointmentState


def _steps(
    number: int,
    type_: AppointmentType | None = None,
    place: TownPlace | None = None,
    row: Appointment | None = None,
) -> dict[str, Any]:
    """The five steps, with the answers given; what is not settled yet leads back."""
    types = reverse("counters:types")
    places = reverse("counters:places", args=[type_.pk]) if type_ else ""
    time = f"{day_in_words(row.starts_at)}, {hour(row.starts_at)}" if row else ""
    open_ = row is None  # of a time that is held the former answers stand
    steps = [
        (_("Your request"), type_ and str(type_), types if open_ else ""),
        (_("Place"), place and str(place), places if open_ else ""),
        (_("Day and hour"), time, ""),
        (_("Your details"), "", ""),
        (_("Confirmation"), "", ""),
    ]
    return {
        "step": number,
        "steps": [
            {"label": label, "answer": answer or "", "url": url}
            for label, answer, url in steps
        ],
        "type": type_,
    }


def _moving(request: OrganisationRequest) -> Appointment | None:
    """The own appointment for which another time is chosen."""
    wished = request.GET.get("move") or request.POST.get("move") or ""
    try:
        key = uuid.UUID(wished)
    except ValueError:
        return None
    found: Appointment | None = _mine(request).filter(pk=key).first()
    return found


def _mine(request: OrganisationRequest) -> Any:
    return (
        Appointment.objects.of(request.tenant)
        .filter(holder__user=request.user)
        .with_facts()
    )


@allow(CITIZEN)
def types(request: OrganisationRequest) -> HttpResponse:
    """« Pour quelle démarche venez-vous ? »."""
    context = {**_steps(1), "types": types_on_portal(request.tenant)}
    return render(request, "counters/portal/types.html", context)


def _type(request: OrganisationRequest, pk: uuid.UUID) -> AppointmentType:
    row: AppointmentType = get_object_or_404(types_on_portal(request.tenant), pk=pk)
    row.tenant = request.tenant  # at hand already
    return row


@allow(CITIZEN)
def places(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Où voulez-vous venir ? »: the first free time at each place."""
    type_ = _type(request, pk)
    context = {
        **_steps(2, type_),
        "places": first_by_place(type_),
        "moving": _moving(request),
    }
    return render(request, "counters/portal/places.html", context)


@allow(CITIZEN)
def times(
    request: OrganisationRequest, pk: uuid.UUID, place: uuid.UUID
) -> HttpResponse:
    """« Choisissez un horaire »: each time once, whatever the counter."""
    return _times(request, pk, place, request.GET.get("day", ""))


def _times(
    request: OrganisationRequest,
    pk: uuid.UUID,
    place: uuid.UUID,
    day: str,
    *,
    missing: bool = False,
) -> HttpResponse:
    """`missing`: the button was pressed and no time was chosen."""
    type_ = _type(request, pk)
    where = get_object_or_404(TownPlace.objects.of(request.tenant), pk=place)
    since = start_day(day, today(request.tenant.zone))
    days, following = times_at(type_, where, since)
    context = {
        **_steps(3, type_, where),
        "place": where,
        "since": since,
        "days": days,
        "following": following,
        "moving": _moving(request),
        "missing": missing,
    }
    status = 422 if missing else 200
    return render(request, "counters/portal/times.html", context, status=status)


@allow(CITIZEN, methods="POST")
def wait(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Prévenez-moi » of an earlier slot, or of any (CTR-025)."""
    type_, moving = _type(request, pk), _moving(request)
    waiting.wait_for_earlier(by=request.user, type_=type_, appointment=moving)
    messages.success(request, _("You are on the waiting list. We will write to you."))
    return redirect("counters:mine")


@allow(CITIZEN, methods="POST")
def stop_waiting(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Off the waiting list."""
    wishes = EarlierWish.objects.of(request.tenant).filter(person__user=request.user)
    waiting.stop_waiting(by=request.user, wish=get_object_or_404(wishes, pk=pk))
    messages.success(request, _("You are no longer on the waiting list."))
    return redirect("counters:mine")


@allow(CITIZEN, methods="POST")
def take(request: OrganisationRequest) -> HttpResponse:
    """« Garder cet horaire »; or the new time of an appointment that is moved."""
    try:
        key = uuid.UUID(request.POST.get("slot", ""))
    except ValueError:
        return _nothing_chosen(request)
    rows = Slot.objects.of(request.tenant).filter(counter__on_portal=True)
    rows = rows.select_related(
        "tenant", "counter__type", "counter__place", "counter__desk"
    )
    slot = get_object_or_404(rows.filter(counter__type__on_portal=True), pk=key)
    moving = _moving(request)
    try:
        if moving:
            return _move(request, moving, slot)
        row = portal.hold(by=request.user, slot=slot)
    except actions.SlotTaken:
        context = {
            **_steps(3, slot.counter.type, slot.counter.place),
            "place": slot.counter.place,
            "nearest": actions.nearest(slot, among=slots_on_portal(slot.counter.type)),
            "moving": moving,
        }
        return render(request, "counters/portal/taken.html", context, status=409)
    except Refusal as error:
        messages.error(request, str(error.sentence))
        return redirect("counters:mine")
    return redirect("counters:check", pk=row.pk)


def _nothing_chosen(request: OrganisationRequest) -> HttpResponse:
    """The same times again, with the sentence."""
    asked = request.POST
    try:
        type_, place = uuid.UUID(asked.get("type", "")), uuid.UUID(asked.get("place"))
    except (TypeError, ValueError):
        messages.error(request, _("Please choose a time first."))
        return redirect("counters:types")
    return _times(request, type_, place, asked.get("day", ""), missing=True)


def _move(request: OrganisationRequest, row: Appointment, slot: Slot) -> HttpResponse:
    free = slots_on_portal(row.type).filter(pk=slot.pk)
    if not free.exists():
        raise actions.SlotTaken
    actions.change_slot(by=request.user, appointment=row, slot=slot)
    messages.success(request, _("Your appointment is moved."))
    return redirect("counters:done", pk=row.pk)


@allow(CITIZEN, methods="GET POST")
def check(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Vérifiez vos réponses », with the hold's time; « Confirmer »."""
    row: Appointment = get_object_or_404(_mine(request), pk=pk)
    if row.state == AppointmentState.PLANNED:
        return redirect("counters:done", pk=pk)
    if row.held_until is None or row.held_until <= now():
        return _lapsed(request, row)
    if "longer" in request.POST:
        if portal.extend(by=request.user, appointment=row) is None:
            messages.warning(request, _("The time was extended once already."))
        return redirect("counters:check", pk=pk)
    form = DetailsForm(request.POST or None, initial={"phone": row.phone})
    if request.method == "POST" and form.is_valid():
        try:
            portal.confirm(by=request.user, appointment=row, **form.cleaned_data)
        except NotPossible:
            return _lapsed(request, row)
        return redirect("counters:done", pk=pk)
    context = {
        **_steps(4, row.type, row.counter.place, row),
        "form": form,
        "appointment": row,
        "seconds": int(rules.hold_length(request.tenant).total_seconds()),
    }
    status = 422 if form.is_bound else 200
    return render(request, "counters/portal/check.html", context, status=status)


def _lapsed(request: OrganisationRequest, row: Appointment) -> HttpResponse:
    """Kindly: the same time again, if it is still free (a lapsed hold has lost its slot)."""
    same = slots_on_portal(row.type).filter(
        counter=row.counter_id, starts_at=row.starts_at
    )
    context = {
        **_steps(4, row.type, row.counter.place, row),
        "appointment": row,
        "same": same.first(),
    }
    return render(request, "counters/portal/lapsed.html", context, status=409)


@allow(CITIZEN)
def done(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Votre rendez-vous est confirmé »."""
    row: Appointment = get_object_or_404(_mine(request), pk=pk)
    if row.state != AppointmentState.PLANNED:
        return redirect("counters:mine")
    bring = [line for line in (row.type.bring or "").splitlines() if line.strip()]
    context = {
        **_steps(5, row.type, row.counter.place, row),
        "appointment": row,
        "bring": bring,
    }
    return render(request, "counters/portal/done.html", context)


@allow(CITIZEN)
def calendar(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Ajouter à mon agenda »."""
    row: Appointment = get_object_or_404(
        _mine(request).filter(state=AppointmentState.PLANNED), pk=pk
    )
    journal.record(
        "counters.calendar_downloaded",
        tenant_id=row.tenant_id,
        actor_id=request.user.pk,
        subject=row,
    )
    text = calendar_of(row, to=request.user.email or "nobody@perron.invalid")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return response


@allow(CITIZEN, methods="POST")
def give_back(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Rendre cet horaire »."""
    row: Appointment = get_object_or_404(_mine(request), pk=pk)
    portal.give_back(by=request.user, appointment=row)
    return redirect("counters:types")


@allow(CITIZEN)
def mine(request: OrganisationRequest) -> HttpResponse:
    """« Mes rendez-vous »: what is to come first, what is to plan again on top."""
    rows = _mine(request).exclude(state=AppointmentState.LAPSED)
    moment = now()
    open_states = (AppointmentState.PLANNED, AppointmentState.HELD)
    context = {
        "replan": rows.filter(state=AppointmentState.REPLAN).order_by("starts_at"),
        "coming": rows.filter(state__in=open_states, starts_at__gt=moment).order_by(
            "starts_at"
        ),
        "past": rows.exclude(state=AppointmentState.REPLAN)
        .exclude(state__in=open_states, starts_at__gt=moment)
        .order_by("-starts_at")[:20],
        "wishes": EarlierWish.objects.of(request.tenant)
        .filter(person__user=request.user, told_at=None)
        .filter(Q(appointment=None) | Q(appointment__state__in=waiting.WAITING))
        .select_related("type", "appointment")
        .order_by("created_at"),
    }
    return render(request, "counters/portal/mine.html", context)


@allow(CITIZEN, methods="GET POST")
def cancel(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Annuler », after a question."""
    row: Appointment = get_object_or_404(_mine(request), pk=pk)
    if request.method == "POST":
        try:
            actions.cancel(by=request.user, appointment=row)
        except Refusal as error:
            messages.error(request, str(error.sentence))
        else:
            messages.success(request, _("Your appointment is cancelled."))
        return redirect("counters:mine")
    if not rules.can_cancel(row):
        return redirect("counters:mine")
    return render(request, "counters/portal/cancel.html", {"appointment": row})
