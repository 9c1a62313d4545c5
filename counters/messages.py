"""Messages about appointments: e-mail and SMS to the person, with the calendar entry (CTR-022, 023).

What happened is an event of the appointment. Those of a large change are told afterwards by
the worker: the events themselves are the promise.
"""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.addresses import absolute
from core import calendars
from core.messages.outbox import queue
from counters.models import Appointment, AppointmentEvent, EarlierWish, Slot

HEADLINES = {
    "assigned": gettext_lazy("Your appointment"),
    "confirmed": gettext_lazy("Your appointment is confirmed"),
    "moved": gettext_lazy("Your appointment was moved"),
    "cancelled": gettext_lazy("Your appointment was cancelled"),
    "replan": gettext_lazy("Please choose another time for your appointment"),
    "reminder": gettext_lazy("Reminder of your appointment"),
}
BATCH = 200


def tell(event: AppointmentEvent) -> None:
    """Tells the person what happened, once, by the ways that are known."""
    appointment = Appointment.objects.with_facts().get(pk=event.appointment_id)
    kind = "replan" if event.to_state == "replan" else event.what
    _mail(appointment, kind, event)
    _text(appointment, kind, event)
    AppointmentEvent.objects.filter(pk=event.pk).update(to_tell=False)


def tell_waiting() -> int:
    """Tells what a large change left to tell; gives how many. The worker's work."""
    count = 0
    while count < BATCH * 10:
        with transaction.atomic():
            event = (
                AppointmentEvent.objects.select_for_update(
                    no_key=True, skip_locked=True
                )
                .filter(to_tell=True)
                .order_by("at", "pk")
                .first()
            )
            if event is None:
                return count
            tell(event)
        count += 1
    return count


def remind(appointment: Appointment) -> None:
    """The day before (CTR-022)."""
    _mail(appointment, "reminder", None)
    _text(appointment, "reminder", None)


def tell_of_earlier(wish: EarlierWish, slot: Slot) -> None:
    """A slot became free, and this person is next in turn (CTR-025)."""
    moved = wish.appointment
    path = reverse("counters:times", args=[wish.type_id, slot.counter.place_id])
    query = f"?move={moved.pk}" if moved else ""
    context = {
        "wish": wish,
        "slot": slot,
        "place": slot.counter.place,
        "link": absolute(wish.tenant, f"{path}{query}"),
    }
    # By the ids that a request for access and the erasure look for.
    about = moved.pk if moved else wish.person_id
    once = f"counters.earlier:{about}:{wish.pk}"
    if wish.person.email:
        queue(
            tenant=wish.tenant,
            kind="counters.earlier",
            dedupe_key=once,
            to=wish.person.email,
            language=wish.person.language,
            template="counters/messages/earlier",
            context=context,
        )
    if moved and moved.by_sms and (phone := _address(moved)[1]):
        queue(
            tenant=wish.tenant,
            kind="counters.earlier_sms",
            dedupe_key=f"{once}:sms",
            channel="sms",
            to=phone,
            language=wish.person.language,
            template="counters/messages/earlier_sms",
            context=context,
        )


def _address(appointment: Appointment) -> tuple[str, str]:
    """Where the person reads: the own address, else the address of who reserved."""
    person, holder = appointment.person, appointment.holder
    email = person.email or (holder.email if holder else "")
    phone = appointment.phone or person.phone or (holder.phone if holder else "")
    return email, phone.replace(" ", "")


def _context(appointment: Appointment, kind: str) -> dict[str, Any]:
    path = reverse("counters:mine") if appointment.holder_id else ""
    return {
        "headline": HEADLINES[kind],
        "kind": kind,
        "appointment": appointment,
        "place": appointment.counter.place,
        "bring": [
            line for line in (appointment.type.bring or "").splitlines() if line.strip()
        ],
        "link": absolute(appointment.tenant, path) if path else "",
    }


def _mail(appointment: Appointment, kind: str, event: AppointmentEvent | None) -> None:
    email, _phone = _address(appointment)
    if not email:
        return
    language = appointment.person.language
    method = "CANCEL" if kind in {"cancelled", "replan"} else "REQUEST"
    queue(
        tenant=appointment.tenant,
        kind=f"counters.{kind}",
        dedupe_key=_once(appointment, kind, event),
        to=email,
        language=language,
        template="counters/messages/appointment",
        context=_context(appointment, kind),
        calendar=calendar_of(appointment, to=email, method=method),
        calendar_method=method,
    )


def _text(appointment: Appointment, kind: str, event: AppointmentEvent | None) -> None:
    _email, phone = _address(appointment)
    if not (appointment.by_sms and phone):
        return
    queue(
        tenant=appointment.tenant,
        kind=f"counters.{kind}_sms",
        dedupe_key=f"{_once(appointment, kind, event)}:sms",
        channel="sms",
        to=phone,
        language=appointment.person.language,
        template="counters/messages/appointment_sms",
        context=_context(appointment, kind),
    )


def _once(appointment: Appointment, kind: str, event: AppointmentEvent | None) -> str:
    return f"counters.{kind}:{appointment.pk}:{event.pk if event else appointment.sequence}"


def calendar_of(appointment: Appointment, *, to: str, method: str = "REQUEST") -> str:
    """The .ics of an appointment: the same entry is made, moved, and withdrawn."""
    place = appointment.counter.place
    with translation.override(appointment.person.language):
        entry = calendars.Entry(
            uid=appointment.pk,
            sequence=appointment.sequence,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            zone=appointment.tenant.zone,
            summary=str(appointment.type),
            location=f"{place.street}, {place.postcode} {place.town}",
        )
        organiser = (
            appointment.tenant.name,
            calendars.sender(appointment.tenant.support["email"]),
        )
    return calendars.invitation(
        entry, product="counters", method=method, organiser=organiser, to=to
    )
