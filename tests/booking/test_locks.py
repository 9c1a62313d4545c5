"""Two people at one booking: whoever waits looks at it as it is afterwards."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership, Organisation
from booking.actions import setup
from booking.actions.bookings import attach, confirm, detach, enter, save_draft
from booking.actions.dates import cancel, delete, move_to, take_date
from booking.actions.reminders import remind_all
from booking.models import Booking
from booking.states import BookingState, SlotState
from core.dates import now
from core.errors import Refusal
from core.messages.models import OutgoingMessage
from core.uploads.models import StoredFile
from tests.booking.test_changes import confirmed, entered
from tests.conftest import Canton, make_canton
from tests.core import uploads_corpus
from tests.core.concurrently import locked

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def canton() -> Canton:
    return make_canton("berne")


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(Refusal):
        act()


def of_office(canton: Canton) -> Membership:
    return Membership.objects.get(user=canton.counsellor.user)


def form() -> SimpleUploadedFile:
    return SimpleUploadedFile("formulaire.pdf", uploads_corpus.pdf())


def save(canton: Canton, row: Booking, **typed: str) -> None:
    enter(
        by=canton.commune,
        booking=row,
        entered=entered(canton, **typed),
        personal_data={"aim": "Cours"},
    )


def unconfirmed(canton: Canton) -> Booking:
    row = take_date(by=canton.commune, slot=canton.slot(), with_interpreter=False)
    save(canton, row)
    return row


@pytest.mark.req("BKG-040", "BKG-041")
def test_what_a_commune_saves_undoes_no_move(canton: Canton) -> None:
    row = confirmed(canton, canton.slot())
    other = canton.slot(days=8)
    with locked(
        lambda: move_to(by=of_office(canton), booking=row, slot=other),
        lambda: save(canton, row, phone="+41 79 555 01 99"),
    ):
        pass
    row.refresh_from_db()
    assert (row.slot_id, row.phone) == (other.pk, "+41 79 555 01 99")


@pytest.mark.req("BKG-040", "BKG-041")
@pytest.mark.parametrize("what", ["save", "attach", "detach", "move", "cancel"])
def test_nothing_revives_a_cancelled_interview(canton: Canton, what: str) -> None:
    row, other = confirmed(canton, canton.slot()), canton.slot(days=8)
    acts: dict[str, Callable[[], object]] = {
        "save": lambda: save(canton, row, phone="+41 79 555 01 99"),
        "attach": lambda: attach(by=canton.commune, booking=row, upload=form()),
        "detach": lambda: detach(by=canton.commune, booking=row),
        "move": lambda: move_to(by=canton.commune, booking=row, slot=other),
    }
    # Called off twice is once.
    act = lambda: refused(acts[what])  # noqa: E731
    if what == "cancel":
        act = lambda: cancel(by=canton.commune, booking=row)  # noqa: E731
    with locked(lambda: cancel(by=of_office(canton), booking=row), act):
        pass
    row.refresh_from_db()
    assert (row.state, row.slot.state) == (BookingState.CANCELLED, SlotState.FREE)
    assert not StoredFile.objects.exists()


@pytest.mark.req("BKG-040")
def test_what_a_colleague_confirms_is_not_deleted(canton: Canton) -> None:
    """The office is told of it by then: it is to be cancelled instead."""
    row = unconfirmed(canton)
    with locked(
        lambda: confirm(by=canton.commune, booking=row),
        lambda: refused(lambda: delete(by=canton.commune, booking=row)),
    ):
        pass
    assert Booking.objects.get(pk=row.pk).state == BookingState.CONFIRMED


@pytest.mark.req("BKG-040")
def test_what_two_delete_is_deleted_once(canton: Canton) -> None:
    row = unconfirmed(canton)
    with locked(
        lambda: delete(by=canton.commune, booking=row),
        lambda: delete(by=canton.commune, booking=row),
    ):
        pass
    assert not Booking.objects.exists()


@pytest.mark.req("BKG-023", "BKG-041")
def test_a_draft_changes_nothing_that_was_confirmed_meanwhile(canton: Canton) -> None:
    row = unconfirmed(canton)
    with locked(
        lambda: confirm(by=canton.commune, booking=row),
        lambda: refused(
            lambda: save_draft(by=canton.commune, booking=row, personal_data={})
        ),
    ):
        pass
    assert Booking.objects.get(pk=row.pk).personal_data == {"aim": "Cours"}


@pytest.mark.req("BKG-022")
def test_of_two_forms_uploaded_at_once_one_is_kept(canton: Canton) -> None:
    row = unconfirmed(canton)
    same = Booking.objects.get(pk=row.pk)
    with locked(
        lambda: attach(by=canton.commune, booking=row, upload=form()),
        lambda: attach(by=canton.commune, booking=same, upload=form()),
    ):
        pass
    row.refresh_from_db()
    assert list(StoredFile.objects.all()) == [row.form_file]


@pytest.mark.req("BKG-017")
def test_two_clicks_at_once_are_one_booking(canton: Canton) -> None:
    slot = canton.slot()
    rows = []
    with locked(
        lambda: rows.append(
            take_date(by=canton.commune, slot=slot, with_interpreter=False)
        ),
        lambda: rows.append(
            take_date(by=canton.commune, slot=slot, with_interpreter=False)
        ),
    ):
        pass
    assert rows[0] == rows[1]


@pytest.mark.req("BKG-035")
def test_who_is_moved_meanwhile_is_not_reminded_of_the_former_date(
    canton: Canton,
) -> None:
    row, later = confirmed(canton, canton.slot(days=1)), canton.slot(days=20)
    days_ago = now() - dt.timedelta(days=3)
    Booking.objects.filter(pk=row.pk).update(confirmed_at=days_ago)
    with locked(
        lambda: move_to(by=canton.commune, booking=row, slot=later),
        lambda: remind_all(),
    ):
        pass
    assert Booking.objects.get(pk=row.pk).reminded_at is None
    assert not OutgoingMessage.objects.filter(kind="booking.client_reminder").exists()


@pytest.mark.req("BKG-054")
def test_two_who_import_the_same_commune_read_a_sentence(canton: Canton) -> None:
    content = f"commune;postcode;office\nNods;2518;{canton.office}\n".encode()
    with locked(
        lambda: setup.import_communes(by=canton.commune, content=content),
        lambda: refused(
            lambda: setup.import_communes(by=canton.commune, content=content)
        ),
    ):
        pass
    assert Organisation.objects.filter(name="Nods").count() == 1
