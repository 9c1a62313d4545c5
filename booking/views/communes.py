"""Screens of a commune; those that an office reads too."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import fresh
from accounts.actions.people import update_profile
from accounts.actions.sign_in import ask_password_reset
from accounts.requests import OrganisationRequest
from booking import rules
from booking.access import COMMUNE, COUNSELLOR, OFFICE_ADMIN
from booking.actions import bookings as booking_actions
from booking.actions import dates as date_actions
from booking.actions.communes import update_commune
from booking.forms import (
    BookingFilter,
    BookingForm,
    CommuneForm,
    PersonalDataForm,
    SearchForm,
)
from booking.history import history
from booking.models import Booking, Slot
from booking.office_forms import NoteForm
from booking.personal_data import answered
from booking.queries import find_bookings, free_dates, nearest_dates, office_of
from booking.states import BookingState
from booking.texts import offered_languages
from booking.views.own import own_booking
from core import journal
from core.access import allow
from core.dates import now
from core.errors import Refusal
from core.languages import language_choices

SORTS = {
    "date": "starts_at",
    "-date": "-starts_at",
    "place": "place__name",
    "-place": "-place__name",
}
BOOKING_SORTS = {
    "date": "slot__starts_at",
    "-date": "-slot__starts_at",
    "client": "last_name",
    "-client": "-last_name",
    "place": "slot__place__name",
    "-place": "-slot__place__name",
}
PER_PAGE = 10


def _mine(request: OrganisationRequest) -> dict[str, Any]:
    """The panel « Mes réservations » (BKG-034)."""
    mine = Booking.objects.visible_to(request.membership).to_confirm()
    return {"mine": mine.select_related("slot__place").order_by("slot__starts_at")[:20]}


def _moving(request: OrganisationRequest) -> Booking | None:
    """The booking that gets another date (« Modifier rendez-vous »), if there is one."""
    try:
        pk = uuid.UUID(request.GET.get("move", "") or request.POST.get("move", ""))
    except ValueError:
        return None
    return Booking.objects.visible_to(request.membership).filter(pk=pk).first()


@allow(COMMUNE)
def dates(request: OrganisationRequest) -> HttpResponse:
    """« Trouver une date » (BKG-010 to 014)."""
    form = SearchForm.of_address(request.GET, request.tenant)
    wish = form.wish()
    sort = request.GET.get("sort", "date")
    order = SORTS.get(sort, "starts_at")
    found = free_dates(request.tenant, wish).order_by(order, "starts_at", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "sort": sort if sort in SORTS else "date",
        "wish": wish,
        "moving": _moving(request),
        "weeks": rules.mandatory_weeks(request.membership),
        "office": office_of(request.membership).organisation,
        **_mine(request),
    }
    status = 200 if form.is_valid() else 422
    return render(request, "booking/dates.html", context, status=status)


@allow(COMMUNE, methods="GET POST")
def commune(request: OrganisationRequest) -> HttpResponse:
    """« Modifier les données de la commune » (BKG-006, 007)."""
    membership, user = request.membership, request.user
    form = CommuneForm(request.POST or None, membership=membership)
    fresh.ask(request, form, _("Only to change the e-mail address."))
    if request.method == "POST" and form.is_valid() and _proved(request, form):
        new = form.cleaned_data
        try:
            with transaction.atomic():
                update_profile(user=user, email=new["email"], language=new["language"])
                update_commune(
                    by=membership,
                    commune=membership.organisation.commune,
                    name=new["name"],
                    postcode=new["postcode"],
                    office=new["office"],
                )
        except Refusal as error:
            form.refuse(error)
        else:
            with translation.override(user.language):
                messages.success(request, _("Your data is saved."))
                if "reset_password" in request.POST:
                    _send_reset(request)
            return redirect("booking:commune")
    status = 422 if form.is_bound else 200
    return render(request, "booking/commune.html", {"form": form}, status=status)


def _proved(request: OrganisationRequest, form: CommuneForm) -> bool:
    """Whether a fresh code stands behind a new address."""
    moved = form.cleaned_data["email"].lower() != request.user.email.lower()
    return not moved or fresh.stands_behind(request, form)


def _send_reset(request: OrganisationRequest) -> None:
    if not request.user.email:
        messages.error(
            request, _("Enter an e-mail address first: the link goes there.")
        )
        return
    ask_password_reset(tenant=request.tenant, login=request.user.username)
    messages.success(request, _("A link to set a new password is on its way to you."))


@allow(COMMUNE, methods="POST")
def take(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Takes a date at once; the loser is shown the nearest others (BKG-017)."""
    slot = get_object_or_404(
        Slot.objects.of(request.tenant).select_related("counsellor", "place"), pk=pk
    )
    wish = SearchForm.of_address(request.POST, request.tenant).wish()
    moving = _moving(request)
    try:
        if moving and rules.can_move(moving, request.membership):
            date_actions.move_to(by=request.membership, booking=moving, slot=slot)
            if moving.state == BookingState.CONFIRMED:
                messages.success(request, _("The appointment has been changed"))
                return redirect("booking:booking", pk=moving.pk)
            taken = moving
        else:
            taken = date_actions.take_date(
                by=request.membership,
                slot=slot,
                with_interpreter=wish.with_interpreter,
            )
    except Refusal as error:
        context = {
            "refusal": error.sentence,
            "slot": slot,
            "nearest": nearest_dates(slot, wish),
            "wish": wish,
            "moving": moving,
            **_mine(request),
        }
        return render(request, "booking/date_taken.html", context, status=409)
    return redirect("booking:edit", pk=taken.pk)


@allow(COMMUNE, methods="GET POST")
def edit(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Réserver une date »: client, form, remark (BKG-020 to 025)."""
    row = own_booking(request, pk)
    if not rules.can_edit(row, request.membership):
        return redirect("booking:booking", pk=pk)
    posted = request.method == "POST"
    form = BookingForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        booking=row,
        initial=BookingForm.initial_of(row),
    )
    data_form = PersonalDataForm(
        request.POST if posted else None, initial=row.personal_data
    )
    if posted and form.is_valid() & data_form.is_valid():
        entered = dict(form.cleaned_data)
        upload = entered.pop("form_file")
        try:
            booking_actions.enter(
                by=request.membership,
                booking=row,
                entered=entered,
                personal_data=data_form.entered(),
                upload=upload,
            )
        except Refusal as error:
            form.refuse(error)
            row = own_booking(request, pk)
        else:
            if row.state == BookingState.CONFIRMED:
                messages.success(request, _("The appointment has been changed"))
            return redirect("booking:booking", pk=pk)
    context = {
        "form": form,
        "data_form": data_form,
        "booking": row,
        "panel": _panel(form, data_form, row),
        **_mine(request),
    }
    status = 422 if posted else 200
    return render(request, "booking/edit.html", context, status=status)


def _panel(form: BookingForm, data_form: PersonalDataForm, row: Booking) -> str:
    """The tab that stands open."""
    if form.errors.get("form_file"):
        return "upload"
    return "there" if row.has_form and not data_form.errors else "enter"


@allow(COMMUNE, methods="POST")
def upload(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Keeps the form at once, while the rest is still being typed (BKG-022, 024)."""
    row = own_booking(request, pk)
    sent = request.FILES.get("form_file")
    context: dict[str, Any] = {"booking": row, "just_loaded": True}
    status = 200
    try:
        if sent is None:
            raise Refusal(_("Choose a file first."))
        row.form_file = booking_actions.attach(
            by=request.membership, booking=row, upload=sent
        )
    except Refusal as error:
        context.update(refusal=error.sentence, just_loaded=False)
        status = 422
    if request.htmx:
        return render(request, "booking/form_there.html", context, status=status)
    if status == 422:
        messages.error(request, str(context["refusal"]))
    return redirect("booking:edit", pk=pk)


@allow(COMMUNE, methods="POST")
def save_draft(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Keeps the on-line form as one goes (BKG-023)."""
    row = own_booking(request, pk)
    form = PersonalDataForm(request.POST)
    form.is_valid()
    try:
        booking_actions.save_draft(
            by=request.membership, booking=row, personal_data=form.entered()
        )
    except Refusal as error:
        return render(
            request, "booking/draft.html", {"refusal": error.sentence}, status=409
        )
    return render(request, "booking/draft.html", {"saved_at": now()})


@allow(COMMUNE, methods="POST")
def detach(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Takes the uploaded form away."""
    row = own_booking(request, pk)
    try:
        booking_actions.detach(by=request.membership, booking=row)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    return redirect("booking:edit", pk=pk)


@allow(COMMUNE, COUNSELLOR, OFFICE_ADMIN)
def booking(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """The recap: all that is known, the documents, « Confirmer » (BKG-030, 031)."""
    row = own_booking(request, pk)
    if row.state == BookingState.TAKEN:
        return redirect("booking:edit", pk=pk)
    languages = language_choices(offered_languages())
    context = {
        "booking": row,
        "languages": languages,
        "chosen": _chosen_language(request, row),
        "data_rows": answered(row.personal_data),
        "history": history(row),
        "can_edit": rules.can_edit(row, request.membership),
        "can_move": rules.can_move(row, request.membership),
        "can_confirm": rules.can_confirm(row, request.membership),
        "can_cancel": rules.can_cancel(row, request.membership),
        **_for_office(request, row),
        **_mine(request),
    }
    return render(request, "booking/booking.html", context)


def _for_office(request: OrganisationRequest, row: Booking) -> dict[str, Any]:
    """What only the office sees and does on the page of an interview."""
    if not rules.is_of_own_office(row, request.membership):
        return {"of_office": False}
    return {
        "of_office": True,
        "note_form": NoteForm(initial={"office_note": row.office_note}),
        "can_mark": rules.can_mark(row, request.membership),
        "can_reassign": rules.can_reassign(row, request.membership),
    }


def _chosen_language(request: OrganisationRequest, row: Booking) -> dict[str, str]:
    """The language of each document: as chosen on the page, else the interview's."""
    offered = offered_languages()
    likely = row.interpreter_language or row.language
    likely = likely if likely in offered else request.LANGUAGE_CODE or "fr"
    wished = {name: request.GET.get(name, "") for name in ("sheet", "invitation")}
    return {name: code if code in offered else likely for name, code in wished.items()}


@allow(COMMUNE, methods="POST")
def confirm(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Confirmer » (BKG-033)."""
    row = own_booking(request, pk)
    try:
        booking_actions.confirm(by=request.membership, booking=row)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(
            request, _("The appointment is confirmed. The office is told.")
        )
    return redirect("booking:booking", pk=pk)


@allow(COMMUNE, methods="GET POST")
def delete(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Supprimer la réservation », after a question (BKG-040)."""
    row = own_booking(request, pk)
    if not rules.can_delete(row, request.membership):
        return redirect("booking:booking", pk=pk)
    if request.method == "POST":
        try:
            date_actions.delete(by=request.membership, booking=row)
        except Refusal as error:
            messages.error(request, str(error.sentence))
            return redirect("booking:booking", pk=pk)
        messages.success(request, _("The reservation and its data are deleted."))
        return redirect("booking:dates")
    return render(request, "booking/delete.html", {"booking": row})


@allow(COMMUNE, COUNSELLOR, OFFICE_ADMIN, methods="GET POST")
def cancel(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Annuler le rendez-vous » of a confirmed one, after a question."""
    row = own_booking(request, pk)
    if not rules.can_cancel(row, request.membership):
        return redirect("booking:booking", pk=pk)
    if request.method == "POST":
        try:
            date_actions.cancel(by=request.membership, booking=row)
        except Refusal as error:
            messages.error(request, str(error.sentence))
        else:
            messages.success(request, _("The appointment is cancelled. All are told."))
        return redirect("booking:booking", pk=pk)
    return render(request, "booking/cancel.html", {"booking": row})


@allow(COMMUNE, COUNSELLOR, OFFICE_ADMIN)
def bookings(request: OrganisationRequest) -> HttpResponse:
    """« Mes réservations »: all that this membership may see (BKG-042, 051)."""
    form = BookingFilter.of_address(request.GET)
    rows = Booking.objects.visible_to(request.membership).with_facts()
    rows = find_bookings(rows, form.wish())
    sort = request.GET.get("sort", "")
    order = BOOKING_SORTS.get(sort, form.natural_order())
    page = Paginator(rows.order_by(order, "pk"), 20)
    if form.wish().words:
        journal.record(
            "booking.searched",
            tenant_id=request.tenant.pk,
            actor_id=request.user.pk,
            detail={"found": page.count},
        )
    context = {
        "form": form,
        "page": page.get_page(request.GET.get("page")),
        "sort": sort if sort in BOOKING_SORTS else "date",
    }
    return render(request, "booking/bookings.html", context)
