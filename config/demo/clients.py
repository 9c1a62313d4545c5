"""Invented clients, and their bookings, made through a clerk's own actions."""

import datetime as dt
from collections import deque
from itertools import cycle

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership, Tenant
from booking.actions.bookings import attach, confirm, enter
from booking.actions.dates import take_date
from booking.documents.form import blank_form
from booking.models import Booking, Slot
from booking.states import SlotState
from core.documents.pdf import render_pdf

Client = tuple[str, str, str, str, int, str]
# Salutation, last name, first name, nationality, year of birth, language.
CLIENTS = [
    ("mrs", "Tesfay", "Selam", "ER", 1991, "ti"),
    ("mr", "Yılmaz", "Emre", "TR", 1986, "tr"),
    ("mrs", "Kovalenko", "Oksana", "UA", 1979, "uk"),
    ("mr", "Sivakumar", "Arun", "LK", 1994, "ta"),
    ("mrs", "Haidari", "Fereshteh", "AF", 2001, "fa"),
    ("mr", "Ferreira", "João", "PT", 1988, "pt"),
    ("mrs", "Gashi", "Arta", "XK", 1997, "sq"),
    ("mr", "Al-Khatib", "Nizar", "SY", 1983, "ar"),
    ("mrs", "Rossi", "Chiara", "IT", 1992, "it"),
    ("mr", "Warsame", "Abdirahman", "SO", 1999, "so"),
    ("mrs", "Díaz", "Marisol", "CO", 1990, "es"),
    ("none", "Demir", "Rojda", "TR", 1995, "kmr"),
]
AIMS = ("Cours de langue", "Recherche d’emploi", "Logement et école des enfants")


def book(tenant: Tenant) -> None:
    """Every sixth date of the first weeks is booked; two wait for « Confirmer »."""
    communes = Membership.objects.filter(tenant=tenant, role="booking.commune")
    communes = communes.select_related("user", "organisation")
    clerks = cycle(communes.order_by("organisation__name", "user__username"))
    to_confirm = {"Interlaken", "Moutier"}
    waiting = deque(CLIENTS)
    free = Slot.objects.of(tenant).filter(state=SlotState.FREE)
    for number, slot in enumerate(free.order_by("starts_at", "pk")[:180:6]):
        client = next((one for one in waiting if _can_talk(one, slot)), None)
        if client is None:
            continue
        waiting.remove(client)
        waiting.append(client)
        clerk = next(clerks)
        booking = _entered(clerk, slot, client, AIMS[number % 3])
        if clerk.organisation.name in to_confirm:
            to_confirm.remove(clerk.organisation.name)
        else:
            confirm(by=clerk, booking=booking)
            last = clerk, booking
    _upload_form(*last)


def _upload_form(by: Membership, booking: Booking) -> None:
    """This commune sent the form as a PDF instead of entering it on line."""
    pdf = render_pdf(blank_form(booking.slot.office_id, "fr"))
    attach(by=by, booking=booking, upload=SimpleUploadedFile("formulaire.pdf", pdf))


def _can_talk(client: Client, slot: Slot) -> bool:
    return slot.interpreter_possible or client[-1] in slot.counsellor.languages


def _entered(by: Membership, slot: Slot, client: Client, aim: str) -> Booking:
    """A booking with all that « Réserver » asks."""
    salutation, last_name, first_name, nationality, born, language = client
    interpreted = language not in slot.counsellor.languages
    booking = take_date(by=by, slot=slot, with_interpreter=interpreted)
    day = dt.date(born, 3 + born % 9, 1 + born % 28)
    enter(
        by=by,
        booking=booking,
        entered={
            "language": "" if interpreted else language,
            "interpreter_language": language if interpreted else "",
            "referral_type": slot.referral_types.order_by("position").first(),
            "salutation": salutation,
            "last_name": last_name,
            "first_name": first_name,
            "nationality": nationality,
            "birth_date": day,
            "phone": f"+41 79 555 {born % 90 + 10} {born % 80 + 11}",
            "email_information": born % 2 == 0,
            "email": f"{last_name.lower().encode('ascii', 'ignore').decode()}@post.example",
        },
        personal_data={"aim": aim, "address": "Rue de la Gare 3, 2610 Saint-Imier"},
    )
    return booking
