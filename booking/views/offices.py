"""Screens of an office: agenda, dates, interviews, interpreters, figures (BKG-050 to 053)."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.addresses import absolute
from accounts.requests import OrganisationRequest, PublicRequest
from accounts.secrets import new_token, token_hash
from booking import agenda as agendas
from booking import calendar, figures, rules
from booking.access import COUNSELLOR, OFFICE_ADMIN
from booking.actions import interviews, publishing
from booking.actions.dates import move_to
from booking.models import Booking, Counsellor, Slot
from booking.office_forms import (
    InterpreterForm,
    NoteForm,
    PublishForm,
    WithdrawForm,
)
from booking.states import OUTCOMES, BookingState, InterpreterSearch
from booking.views.own import own_booking
from core import exports, journal
from core.access import allow, public
from core.dates import now, today
from core.errors import Refusal
from core.forms import PeriodForm
from core.periods import SPANS, next_desk_day, period, start_day
from core.search import alphabetical


def _counsellors(request: OrganisationRequest) -> QuerySet[Counsellor]:
    """Whose dates one looks after: one's own, or the whole office's."""
    rows = Counsellor.objects.of(request.tenant).select_related(
        "user", "tenant", "office__organisation", "office__tenant"
    )
    if request.membership.role == OFFICE_ADMIN:
        rows = rows.filter(office__organisation=request.membership.organisation)
    else:
        rows = rows.filter(user=request.user)
    return rows.order_by(*alphabetical("user__last_name", "user__first_name"), "pk")


@allow(COUNSELLOR, OFFICE_ADMIN)
def agenda(request: OrganisationRequest) -> HttpResponse:
    """The agenda: day, week, month; one counsellor or all side by side (BKG-051, 052)."""
    everybody = list(_counsellors(request))
    wished = request.GET.get("counsellor", "")
    chosen = [one for one in everybody if str(one.pk) == wished] or everybody
    span = request.GET.get("span", "week")
    day = start_day(
        request.GET.get("day", ""), next_desk_day(today(request.tenant.zone))
    )
    shown = period(span if span in SPANS else "week", day)
    context = {
        "columns": agendas.columns(chosen, shown),
        "counsellors": everybody,
        "chosen": chosen,
        "shown": shown,
        "spans": SPANS,
        "today": today(request.tenant.zone),
    }
    return render(request, "booking/office/agenda.html", context)


@allow(COUNSELLOR, OFFICE_ADMIN, methods="GET POST")
def publish(request: OrganisationRequest) -> HttpResponse:
    """« Publier des dates »: first a preview, then the real thing (BKG-050)."""
    posted = request.method == "POST"
    form = PublishForm(
        request.POST if posted else None, counsellors=_counsellors(request)
    )
    context: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        offer = form.offer()
        if "publish" in request.POST:
            number = publishing.publish_offer(by=request.membership, offer=offer)
            messages.success(
                request,
                ngettext(
                    "%(number)s date is published.",
                    "%(number)s dates are published.",
                    number,
                )
                % {"number": number},
            )
            path = reverse("booking:agenda")
            return redirect(f"{path}?day={offer.first.isoformat()}")
        context["preview"] = publishing.preview(offer)
    status = 422 if posted and form.errors else 200
    return render(request, "booking/office/publish.html", context, status=status)


@allow(COUNSELLOR, OFFICE_ADMIN, methods="GET POST")
def withdraw(request: OrganisationRequest) -> HttpResponse:
    """« Retirer des dates »: the free ones go, appointments are moved first (BKG-050)."""
    posted = request.method == "POST"
    form = WithdrawForm(
        request.POST if posted else None, counsellors=_counsellors(request)
    )
    context: dict[str, Any] = {"form": form}
    if posted and form.is_valid():
        chosen = form.cleaned_data
        days = (chosen["counsellor"], chosen["first"], chosen["last"])
        if "look" not in request.POST:
            act = (
                publishing.withdraw_and_move
                if "move" in request.POST
                else publishing.withdraw
            )
            number = act(
                by=request.membership,
                counsellor=days[0],
                first=days[1],
                last=days[2],
            )
            messages.success(
                request,
                ngettext(
                    "%(number)s free date is withdrawn.",
                    "%(number)s free dates are withdrawn.",
                    number,
                )
                % {"number": number},
            )
        context["standing"] = publishing.standing(*days)
        context["looked"] = True
    status = 422 if posted and form.errors else 200
    return render(request, "booking/office/withdraw.html", context, status=status)


@allow(COUNSELLOR, OFFICE_ADMIN, methods="GET POST")
def reassign(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Moves an appointment to another date of the office; all are told (BKG-052)."""
    row = own_booking(request, pk)
    if not rules.can_reassign(row, request.membership):
        return redirect("booking:booking", pk=pk)
    refusal = None
    if request.method == "POST":
        slots = Slot.objects.of(request.tenant).filter(office_id=row.slot.office_id)
        slot = get_object_or_404(slots, pk=_uuid(request.POST.get("slot", "")))
        try:
            move_to(by=request.membership, booking=row, slot=slot)
        except Refusal as error:
            refusal = error.sentence
        else:
            messages.success(request, _("The appointment is moved. All are told."))
            return redirect("booking:agenda")
    context = {
        "booking": row,
        "dates": publishing.fitting_dates(row),
        "refusal": refusal,
    }
    status = 409 if refusal else 200
    return render(request, "booking/office/reassign.html", context, status=status)


def _uuid(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError as error:
        raise Http404 from error


@allow(COUNSELLOR, OFFICE_ADMIN, methods="POST")
def mark(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« A eu lieu », « Ne s'est pas présenté-e » (BKG-051)."""
    row = own_booking(request, pk)
    outcome = request.POST.get("outcome", "")
    if outcome not in OUTCOMES:
        raise Http404
    try:
        interviews.mark(
            by=request.membership, booking=row, outcome=BookingState(outcome)
        )
    except Refusal as error:
        messages.error(request, str(error.sentence))
    return redirect("booking:booking", pk=pk)


@allow(COUNSELLOR, OFFICE_ADMIN, methods="POST")
def write_note(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """The note for the office (BKG-051)."""
    row = own_booking(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["office_note"]
        interviews.write_note(by=request.membership, booking=row, text=text)
        messages.success(request, _("The note is saved."))
    else:
        messages.error(request, _("The note is too long."))
    return redirect("booking:booking", pk=pk)


@allow(COUNSELLOR, OFFICE_ADMIN)
def interpreters(request: OrganisationRequest) -> HttpResponse:
    """The work list: interviews to come that need an interpreter (BKG-053)."""
    return _work_list(request)


def _work_list(
    request: OrganisationRequest, refused: InterpreterForm | None = None
) -> HttpResponse:
    rows = _wanting(request)
    forms = {refused.booking.pk: refused} if refused else {}
    context = {
        "rows": [
            (row, forms.get(row.pk) or InterpreterForm(booking=row)) for row in rows
        ],
        "to_find": sum(row.interpreter_search == "to_find" for row in rows),
    }
    status = 422 if refused else 200
    return render(request, "booking/office/interpreters.html", context, status=status)


def _wanting(request: OrganisationRequest) -> list[Booking]:
    rows = Booking.objects.visible_to(request.membership).with_facts()
    rows = rows.filter(
        with_interpreter=True,
        state=BookingState.CONFIRMED,
        slot__starts_at__gt=now(),
    )
    return list(rows.order_by("slot__starts_at", "pk")[:200])


@allow(COUNSELLOR, OFFICE_ADMIN, methods="POST")
def note_interpreter(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the search is."""
    row = own_booking(request, pk)
    form = InterpreterForm(request.POST, booking=row)
    if form.is_valid():
        try:
            interviews.note_interpreter(
                by=request.membership,
                booking=row,
                search=InterpreterSearch(form.cleaned_data["interpreter_search"]),
                name=form.cleaned_data["interpreter_name"],
            )
        except Refusal as error:
            form.refuse(error)
        else:
            messages.success(request, _("The search is noted."))
            return redirect("booking:interpreters")
    return _work_list(request, form)


@allow(OFFICE_ADMIN)
def office_figures(request: OrganisationRequest) -> HttpResponse:
    """Figures of the office as tables and bars; or as Excel (BKG-052)."""
    office = request.membership.organisation.office
    form = PeriodForm.of_address(request.GET, request.tenant.zone)
    if not form.is_valid():
        context: dict[str, Any] = {"form": form}
        return render(request, "booking/office/figures.html", context, status=422)
    days = form.days()
    by_counsellor = figures.rows(office, *days, "counsellor")
    by_place = figures.rows(office, *days, "place")
    waits = figures.waiting(office)
    if request.GET.get("export"):
        journal.record(
            "booking.figures_exported",
            tenant_id=request.tenant.pk,
            actor_id=request.user.pk,
            subject=office,
            detail={
                "kind": "xlsx",
                "rows": len(by_counsellor) + len(by_place) + len(waits),
                "from": days[0].isoformat(),
                "until": days[1].isoformat(),
            },
        )
        return _as_excel(request, by_counsellor, by_place, waits)
    tables = [(_("Counsellor"), by_counsellor), (_("Place"), by_place)]
    context = {
        "form": form,
        "tables": tables,
        "waits": waits,
        "places": figures.places_of(waits),
    }
    return render(request, "booking/office/figures.html", context)


def _as_excel(
    request: OrganisationRequest,
    by_counsellor: list[figures.Row],
    by_place: list[figures.Row],
    waits: list[figures.Wait],
) -> HttpResponse:
    heads = [
        _("Dates offered"),
        _("Taken"),
        _("Took place"),
        _("Did not appear"),
        _("Cancelled"),
    ]
    names = ("offered", "taken", "took_place", "missed", "cancelled")
    sheets: dict[str, Any] = {}
    for title, found in ((_("Counsellor"), by_counsellor), (_("Place"), by_place)):
        lines = [
            [row.label or _("All together"), *(getattr(row, name) for name in names)]
            for row in found
        ]
        sheets[title] = [[title, *heads], *lines]
    sheets[_("First free date")] = [
        [_("Language"), *figures.places_of(waits)],
        *([wait.language, *(days for _place, days in wait.days)] for wait in waits),
    ]
    content = exports.workbook(sheets, request.tenant.zone)
    return exports.xlsx_response(content, "perron.xlsx")


@allow(COUNSELLOR, methods="GET POST")
def feed_settings(request: OrganisationRequest) -> HttpResponse:
    """The private calendar to subscribe to: its address is shown once (BKG-051)."""
    counsellor = get_object_or_404(_counsellors(request))
    address = ""
    if request.method == "POST":
        token = new_token() if "renew" in request.POST else ""
        counsellor.feed_hash = token_hash(token) if token else ""
        counsellor.save(update_fields=["feed_hash"])
        journal.record(
            "booking.feed_changed",
            tenant_id=request.tenant.pk,
            actor_id=request.user.pk,
            subject=counsellor,
        )
        path = reverse("booking:feed", args=[token]) if token else ""
        address = absolute(request.tenant, path) if token else ""
    context = {"address": address, "active": bool(counsellor.feed_hash)}
    return render(request, "booking/office/feed.html", context)


@public()
def feed(request: PublicRequest, token: str) -> HttpResponse:
    """The calendar behind the secret address; no client's name stands in it."""
    counsellors = Counsellor.objects.of(request.tenant).select_related("user")
    counsellor = get_object_or_404(
        counsellors.exclude(feed_hash=""), feed_hash=token_hash(token)
    )
    if not counsellor.user.is_active:
        raise Http404
    rows = (
        Booking.objects.of(request.tenant)
        .with_facts()
        .filter(slot__counsellor=counsellor, state=BookingState.CONFIRMED)
    )
    content = calendar.feed(
        rows.order_by("slot__starts_at"),
        name=str(counsellor.user),
        summary=_("Advisory interview"),
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response
