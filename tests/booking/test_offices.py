"""The office's side: dates, agenda, interviews, interpreters, figures (BKG-050 to 053)."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import holidays
import pytest
import time_machine
from django.test import Client
from icalendar import Calendar
from openpyxl import load_workbook

from accounts.models import Membership
from booking.actions.dates import take_date
from booking.actions.interviews import mark
from booking.actions.publishing import Offer, preview, publish_offer, standing, withdraw
from booking.models import Booking, Counsellor, Slot
from booking.signals import interpreter_wanted
from booking.states import BookingState, SlotState
from core.dates import now, today
from core.errors import Refusal
from core.messages.models import OutgoingMessage
from core.schedules import Opening
from tests.booking.test_changes import confirmed, entered
from tests.conftest import Canton, person

pytestmark = pytest.mark.django_db
Signed = Callable[[Membership], Client]


@pytest.fixture
def counselling(canton: Canton) -> Membership:
    return Membership.objects.get(user=canton.counsellor.user)


@pytest.fixture
def office_admin(canton: Canton) -> Membership:
    works = canton.office.organisation
    return person(canton.tenant, "chief", works, "booking.office_admin")


def colleague(canton: Canton) -> Counsellor:
    works = canton.office.organisation
    other = person(canton.tenant, "colleague", works, "booking.counsellor")
    return Counsellor.objects.create(
        tenant=canton.tenant, user=other.user, office=canton.office, languages=["fr"]
    )


def published(canton: Canton, **other: Any) -> dict[str, Any]:
    """A form filled in: Mondays, six weeks from now on."""
    first = today() + dt.timedelta(days=7)
    return {
        "counsellor": canton.counsellor.pk,
        "place": canton.place.pk,
        "first": f"{first:%d.%m.%Y}",
        "last": f"{first + dt.timedelta(days=41):%d.%m.%Y}",
        "minutes": "60",
        "pause": "30",
        "referral_types": [canton.recommended.pk],
        "interpreter_possible": "1",
        "holidays": "1",
        "day_0": "9:00-12:00, 13h30-16",
        **other,
    }


@pytest.mark.req("BKG-050")
def test_dates_are_looked_at_before_they_are_published(
    canton: Canton, counselling: Membership, as_: Signed
) -> None:
    client = as_(counselling)
    page = client.post("/booking/agenda/publish/", published(canton, look="1"))
    assert "seraient publiées" in page.text
    assert not Slot.objects.exists()
    client.post("/booking/agenda/publish/", published(canton, publish="1"))
    slots = Slot.objects.order_by("starts_at")
    zone = canton.tenant.zone
    starts = {f"{slot.starts_at.astimezone(zone):%a %H:%M}" for slot in slots}
    assert starts == {"Mon 09:00", "Mon 10:30", "Mon 13:30", "Mon 15:00"}
    assert all(slot.interpreter_possible for slot in slots)
    assert list(slots[0].referral_types.all()) == [canton.recommended]
    # Once more: nothing is published twice.
    again = client.post("/booking/agenda/publish/", published(canton, publish="1"))
    assert again.status_code == 302
    assert Slot.objects.count() == len(slots)


@pytest.mark.req("BKG-050")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day_0": "neuf heures"}, "day_0"),
        ({"day_0": "12:00-9:00"}, "day_0"),
        ({"day_0": ""}, "day_0"),
        ({"last": "1.1.2020"}, "last"),
        ({"minutes": "0"}, "minutes"),
        ({"closed": "24.12.2026 - 31.2.2027"}, "closed"),
        ({"referral_types": []}, "referral_types"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    canton: Canton,
    counselling: Membership,
    as_: Signed,
    wrong: dict[str, Any],
    field: str,
) -> None:
    data = published(canton, publish="1", **wrong)
    answer = as_(counselling).post("/booking/agenda/publish/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Slot.objects.exists()


@pytest.mark.req("BKG-050")
def test_a_whole_year_is_right_to_the_minute(
    canton: Canton, counselling: Membership
) -> None:
    """Pattern, holidays of Bern, two absences, both changes of the clock; counted otherwise."""
    first, last = dt.date(2027, 1, 1), dt.date(2027, 12, 31)
    away = {dt.date(2027, 7, 12) + dt.timedelta(days=n) for n in range(14)}
    away |= {dt.date(2027, 10, 4)}
    offer = Offer(
        counsellor=canton.counsellor,
        place=canton.place,
        first=first,
        last=last,
        days={
            0: (Opening(dt.time(9), dt.time(12), 90),),
            3: (Opening(dt.time(13, 30), dt.time(16, 30), 60),),
        },
        referral_types=[canton.recommended],
        closed=frozenset(away),
    )
    with time_machine.travel(dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)):
        number = publish_offer(by=counselling, offer=offer)
    wanted = set()
    bern = holidays.country_holidays("CH", subdiv="BE", years=2027)
    day = first
    while day <= last:
        if day not in bern and day not in away:
            times = {0: [(9, 0), (10, 30)], 3: [(13, 30), (14, 30), (15, 30)]}
            for hour, minute in times.get(day.weekday(), []):
                local = dt.datetime.combine(day, dt.time(hour, minute))
                wanted.add(local.replace(tzinfo=canton.tenant.zone).astimezone(dt.UTC))
        day += dt.timedelta(days=1)
    made = set(Slot.objects.values_list("starts_at", flat=True))
    assert (number, made) == (len(wanted), wanted)
    assert preview(offer).dates == []


@pytest.mark.req("BKG-050")
def test_a_week_withdrawn_leaves_nobody_without_a_message(
    canton: Canton, office_admin: Membership, as_: Signed
) -> None:
    days = [today() + dt.timedelta(days=n) for n in (7, 8, 9)]
    booked = [
        confirmed(canton, canton.slot(days=n), last_name=name)
        for n, name in ((7, "Eins"), (8, "Zwei"), (9, "Drei"))
    ]
    free = canton.slot(days=8, hour=14)
    other = colleague(canton)
    canton.slot(days=10, counsellor=other)
    canton.slot(days=11, counsellor=other)
    form = {
        "counsellor": canton.counsellor.pk,
        "first": f"{days[0]:%d.%m.%Y}",
        "last": f"{days[-1]:%d.%m.%Y}",
    }
    client = as_(office_admin)
    page = client.post("/booking/agenda/withdraw/", {**form, "look": "1"}).text
    assert all(booking.last_name in page for booking in booked)
    page = client.post("/booking/agenda/withdraw/", {**form, "move": "1"}).text
    free.refresh_from_db()
    assert free.state == SlotState.WITHDRAWN
    # Two found a date with the colleague; the third one is called.
    (left,) = standing(canton.counsellor, days[0], days[-1])
    assert left.last_name in page
    client.post(f"/booking/bookings/{left.pk}/cancel/")
    assert standing(canton.counsellor, days[0], days[-1]) == []
    kinds = list(OutgoingMessage.objects.values_list("kind", flat=True))
    assert kinds.count("booking.client_moved") == 2
    assert kinds.count("booking.commune_moved") == 2
    assert kinds.count("booking.client_cancelled") == 1
    assert kinds.count("booking.commune_cancelled") == 1
    assert kinds.count("booking.counsellor_cancelled") == 3
    assert (
        withdraw(
            by=office_admin, counsellor=canton.counsellor, first=days[0], last=days[-1]
        )
        == 1
    )


@pytest.mark.req("BKG-051", "BKG-052")
@pytest.mark.parametrize("span", ["day", "week", "month", "nonsense"])
def test_the_agenda_shows_whose_it_is(
    canton: Canton,
    counselling: Membership,
    office_admin: Membership,
    as_: Signed,
    span: str,
) -> None:
    booking = confirmed(canton, canton.slot(days=7))
    theirs = canton.slot(days=7, hour=11, counsellor=colleague(canton))
    confirmed(canton, theirs, last_name="Autre")
    day = (today() + dt.timedelta(days=7)).isoformat()
    path = f"/booking/agenda/?span={span}&day={day}"
    own, all_ = as_(counselling).get(path).text, as_(office_admin).get(path).text
    assert booking.last_name in own
    assert "Autre" not in own
    assert booking.last_name in all_
    assert "Autre" in all_


@pytest.mark.req("BKG-051")
def test_an_outcome_is_noted_once_it_has_begun(
    canton: Canton, counselling: Membership, as_: Signed
) -> None:
    booking = confirmed(canton, canton.slot(days=7))
    with pytest.raises(Refusal):
        mark(by=counselling, booking=booking, outcome=BookingState.MISSED)
    with time_machine.travel(booking.slot.ends_at):
        client = as_(counselling)
        path = f"/booking/bookings/{booking.pk}/mark/"
        for outcome in ("missed", "took_place"):
            client.post(path, {"outcome": outcome})
        assert client.post(path, {"outcome": "confirmed"}).status_code == 404
    booking.refresh_from_db()
    assert booking.state == BookingState.TOOK_PLACE
    assert [event.what for event in booking.events.all()][-2:] == [
        "missed",
        "took_place",
    ]


@pytest.mark.req("BKG-051")
def test_the_note_of_the_office_is_not_for_the_commune(
    canton: Canton, counselling: Membership, as_: Signed
) -> None:
    booking = confirmed(canton, canton.slot(days=7))
    client = as_(counselling)
    sent = {"office_note": "Vient avec sa sœur"}
    client.post(f"/booking/bookings/{booking.pk}/note/", sent)
    path = f"/booking/bookings/{booking.pk}/"
    assert "Vient avec sa sœur" in client.get(path).text
    assert "Vient avec sa sœur" not in as_(canton.commune).get(path).text


@pytest.mark.req("BKG-052")
def test_the_office_moves_an_interview_to_a_colleague(
    canton: Canton, office_admin: Membership, as_: Signed
) -> None:
    booking = confirmed(canton, canton.slot(days=7))
    theirs = canton.slot(days=8, counsellor=colleague(canton))
    client = as_(office_admin)
    path = f"/booking/bookings/{booking.pk}/move/"
    assert str(theirs.pk) in client.get(path).text
    client.post(path, {"slot": theirs.pk})
    booking.refresh_from_db()
    assert booking.slot == theirs
    taken = client.post(path, {"slot": "nonsense"})
    assert taken.status_code == 404


@pytest.mark.req("BKG-051")
def test_the_feed_is_secret_and_ends(
    canton: Canton, counselling: Membership, as_: Signed
) -> None:
    booking = confirmed(canton, canton.slot(days=7))
    client = as_(counselling)
    page = client.post("/booking/agenda/feed/", {"renew": "1"})
    path = "/" + page.context["address"].split("/", 3)[3]
    stranger = Client(headers={"host": "berne.localhost"})
    content = stranger.get(path).content
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["DTSTART"].dt == booking.slot.starts_at
    assert b"Tesfay" not in content
    client.post("/booking/agenda/feed/", {"end": "1"})
    assert stranger.get(path).status_code == 404
    assert stranger.get("/booking/feed/.ics").status_code == 404


@pytest.mark.req("BKG-053")
def test_interpreters_are_a_work_list(
    canton: Canton, counselling: Membership, as_: Signed
) -> None:
    heard: list[Booking] = []

    def hear(booking: Booking, **_: Any) -> None:
        heard.append(booking)

    interpreter_wanted.connect(hear)
    booking = take_date(
        by=canton.commune, slot=canton.slot(days=7), with_interpreter=True
    )
    from booking.actions.bookings import confirm, enter  # noqa: PLC0415

    data = entered(canton, language="", interpreter_language="ti")
    enter(by=canton.commune, booking=booking, entered=data, personal_data={"aim": "x"})
    confirm(by=canton.commune, booking=booking)
    interpreter_wanted.disconnect(hear)
    assert [one.pk for one in heard] == [booking.pk]
    client = as_(counselling)
    assert "Tigrinya" in client.get("/booking/interpreters/").text
    key = booking.pk.hex[:8]
    path = f"/booking/bookings/{booking.pk}/interpreter/"
    nameless = client.post(path, {f"{key}-interpreter_search": "found"})
    assert nameless.status_code == 422
    assert "Indiquez qui vient." in nameless.text
    sent = {f"{key}-interpreter_search": "found", f"{key}-interpreter_name": "M. Habte"}
    client.post(path, sent)
    booking.refresh_from_db()
    assert (booking.interpreter_search, booking.interpreter_name) == (
        "found",
        "M. Habte",
    )


@pytest.mark.req("BKG-052")
def test_figures_count_and_go_to_excel(
    canton: Canton, office_admin: Membership, as_: Signed
) -> None:
    done = confirmed(canton, canton.slot(days=1))
    confirmed(canton, canton.slot(days=2))
    canton.slot(days=3)
    Booking.objects.filter(pk=done.pk).update(state=BookingState.TOOK_PLACE)
    period = f"first={today():%d.%m.%Y}&last={today() + dt.timedelta(days=9):%d.%m.%Y}"
    client = as_(office_admin)
    page = client.get(f"/booking/figures/?{period}")
    (_title, rows), _by_place = page.context["tables"]
    total = rows[-1]
    assert (total.offered, total.taken, total.took_place, total.share) == (3, 2, 1, 67)
    excel = client.get(f"/booking/figures/?{period}&export=1")
    book = load_workbook(io.BytesIO(excel.content))
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    assert lines[-1][1:] == (3, 2, 1, 0, 0)
    assert client.get("/booking/figures/?first=31.2.2026").status_code == 422


def test_text_in_excel_is_never_run() -> None:
    from core.exports import workbook  # noqa: PLC0415

    book = load_workbook(io.BytesIO(workbook({"a": [["=1+1", 3, now()]]}, dt.UTC)))
    cell = book["a"]["A1"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert book["a"]["B1"].value == 3
