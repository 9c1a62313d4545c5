"""Entering the client, attaching the form, confirming (BKG-020 to 033)."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from booking import messages, rules
from booking.actions.dates import lock
from booking.actions.history import change_state, note
from booking.models import Booking, ReferralType, Slot
from booking.signals import interpreter_wanted
from booking.states import BookingState, SlotState
from core import journal, occupancy
from core.dates import now
from core.errors import Refusal
from core.uploads import store
from core.uploads.models import StoredFile

ENTERED = (
    "language",
    "interpreter_language",
    "referral_type",
    "salutation",
    "last_name",
    "first_name",
    "nationality",
    "birth_date",
    "symic_number",
    "phone",
    "email_information",
    "email",
    "remark",
)


class HoldEnded(Refusal):
    """The hold has lapsed; what was entered is kept."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The date was held for you until its deadline and is free again."
                " Choose a date: what you entered goes along."
            )
        )


@transaction.atomic
def enter(
    *,
    by: Membership,
    booking: Booking,
    entered: dict[str, Any],
    personal_data: dict[str, Any],
    upload: "UploadedFile[bytes] | None" = None,
) -> None:
    """« Réserver »: everything about the client and the interview.

    Raises Refusal beside the field: a mandatory referral too late (BKG-015), no form
    (BKG-022), an upload that the gate refuses (BKG-024), HoldEnded.
    """
    row = _to_edit(booking, by)
    _check_referral(entered["referral_type"], row.slot, by)
    fields = _fill(row, entered, personal_data)
    if upload:
        _keep_form(row, upload, by)
        fields.append("form_file")
    if not row.has_form:
        raise Refusal(
            _("Fill in the form on line, or upload it as PDF or zip."),
            field="form_file",
        )
    if row.state == BookingState.CONFIRMED:
        _save_change(row, fields, by)
    else:
        change_state(row, BookingState.UNCONFIRMED, by=by.user, what="entered")
        row.save()


def _to_edit(booking: Booking, by: Membership) -> Booking:
    """The booking as it is now, locked: the office may move or cancel it at any moment.

    Raises HoldEnded.
    """
    try:
        row = lock(booking)
    except Booking.DoesNotExist as error:  # a colleague has just deleted it
        raise HoldEnded from error
    if not rules.can_edit(row, by):
        raise HoldEnded
    return row


def _check_referral(referral: ReferralType | None, slot: Slot, by: Membership) -> None:
    """Raises Refusal beside the field for a mandatory referral too late (BKG-015)."""
    weeks = rules.mandatory_weeks(by)
    if referral and rules.too_late_for(referral, slot, weeks):
        raise Refusal(
            _("A mandatory referral must take place within the next %(weeks)d weeks.")
            % {"weeks": weeks},
            field="referral_type",
        )


def _fill(
    booking: Booking, entered: dict[str, Any], personal_data: dict[str, Any]
) -> list[str]:
    """Puts in what was entered; gives the names of what is different now."""
    given = {name: entered[name] for name in ENTERED if name in entered}
    given["personal_data"] = personal_data
    different = [
        name for name, value in given.items() if getattr(booking, name) != value
    ]
    for name in different:
        setattr(booking, name, given[name])
    return different


def _save_change(booking: Booking, fields: Sequence[str], by: Membership) -> None:
    """« Sauvegarder la réservation »: kept, in the history, the counsellor told (BKG-041)."""
    if not fields:
        return
    booking.sequence += 1
    note(booking, before=booking.state, by=by.user, what="changed", fields=fields)
    booking.save()
    messages.tell_changed(Booking.objects.with_facts().get(pk=booking.pk))


def save_draft(
    *, by: Membership, booking: Booking, personal_data: dict[str, str]
) -> None:
    """Keeps the on-line form while it is being filled in (BKG-023). Raises HoldEnded.

    Not of a confirmed appointment: there « Sauvegarder la réservation » says when.
    """
    open_ = Booking.objects.to_confirm().filter(pk=booking.pk)
    if not rules.can_edit(booking, by) or not open_.update(personal_data=personal_data):
        raise HoldEnded


@transaction.atomic
def attach(
    *, by: Membership, booking: Booking, upload: "UploadedFile[bytes]"
) -> StoredFile:
    """Keeps the uploaded form in place of a former one. Raises UploadRefused, HoldEnded."""
    row = _to_edit(booking, by)
    stored = _keep_form(row, upload, by)
    if row.state == BookingState.CONFIRMED:
        _save_change(row, ["form_file"], by)
    return stored


def _keep_form(
    booking: Booking, upload: "UploadedFile[bytes]", by: Membership
) -> StoredFile:
    stored = store.accept(
        upload, tenant=booking.tenant, owner_id=booking.pk, by=by.user_id
    )
    former = booking.form_file
    booking.form_file = stored
    Booking.objects.filter(pk=booking.pk).update(form_file=stored)
    if former:
        store.discard(former)
    journal.record(
        "booking.form_uploaded",
        tenant_id=booking.tenant_id,
        actor_id=by.user_id,
        subject=booking,
    )
    return stored


@transaction.atomic
def detach(*, by: Membership, booking: Booking) -> None:
    """Takes the uploaded form away. Raises HoldEnded, and Refusal where it is needed."""
    row = _to_edit(booking, by)
    if row.state == BookingState.CONFIRMED and not row.personal_data:
        raise Refusal(
            _("The office needs the form of a confirmed appointment: replace it.")
        )
    stored = row.form_file
    row.form_file = None
    row.save(update_fields=["form_file"])
    if stored:
        store.discard(stored)


@transaction.atomic
def confirm(*, by: Membership, booking: Booking) -> None:
    """« Confirmer »: only now is it definitive, and the office is told (BKG-033).

    Compare and set, by the database's clock; raises HoldEnded when the hold has lapsed.
    """
    locked = lock(booking)
    if locked.state == BookingState.CONFIRMED:
        return
    if not rules.can_confirm(locked, by) or not occupancy.make_definitive(locked.pk):
        raise HoldEnded
    Slot.objects.filter(pk=locked.slot_id).update(
        state=SlotState.BOOKED, held_until=None
    )
    locked.confirmed_at = now()
    locked.held_until = None
    change_state(locked, BookingState.CONFIRMED, by=by.user, what="confirmed")
    locked.save()
    messages.tell_confirmed(Booking.objects.with_facts().get(pk=locked.pk))
    if locked.with_interpreter:
        interpreter_wanted.send(sender=Booking, booking=locked)
