"""How long a session lasts, as the pages are told (TRUST §2.3, WCAG 2.2.1)."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from time_machine import Traveller

from accounts.limits import IDLE, LONGEST
from accounts.models import Membership
from core.dates import now
from tests.accounts.door import DATES, is_inside
from tests.conftest import PASSWORD, Canton, code_of

As = Callable[[Membership], Client]
KEEP = "/session/keep/"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(now(), tick=False) as coordinates:
        yield coordinates


def left(client: Client, path: str = KEEP, **headers: str) -> int:
    """Seconds that the answer gives the session."""
    asked = client.post if path == KEEP else client.get
    return int(asked(path, headers=headers).headers["X-Session-Left"])


def test_staying_signed_in_moves_the_end(
    canton: Canton, as_: As, clock: Traveller
) -> None:
    client = as_(canton.commune)
    for _hour in range(3):
        clock.shift(58 * MINUTE)
        assert client.post(KEEP).status_code == 204
        assert left(client) == IDLE.total_seconds()
    clock.shift(IDLE + dt.timedelta(seconds=1))
    assert client.post(KEEP).status_code == 302


def test_not_past_twelve_hours(canton: Canton, as_: As, clock: Traveller) -> None:
    client = as_(canton.commune)
    for _hour in range(12):
        assert "data-extends" in client.get("/account/").text
        clock.shift(dt.timedelta(minutes=59))
    assert left(client) == (LONGEST - 12 * 59 * MINUTE).total_seconds()
    page = client.get("/account/").text
    assert "data-extends" not in page
    assert "douze heures au plus" in page
    clock.shift(13 * MINUTE)
    assert not is_inside(client)


def test_a_screen_that_asks_by_itself_keeps_nobody_signed_in(
    canton: Canton, as_: As, clock: Traveller
) -> None:
    client = as_(canton.commune)
    for minutes in (20, 40, 59):
        clock.shift(20 * MINUTE if minutes != 59 else 19 * MINUTE)
        assert left(client, DATES, **{"X-Poll": "1"}) == (60 - minutes) * 60
    clock.shift(2 * MINUTE)
    assert not is_inside(client)


def test_without_javascript_the_page_says_when(
    canton: Canton, as_: As, clock: Traveller
) -> None:
    clock.move_to(dt.datetime(2027, 1, 12, 9, 30, tzinfo=dt.UTC))
    page = as_(canton.commune).get("/account/").text
    said = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "11\u00a0h\u00a030" in said
    assert "60 minutes" in said


def test_who_stays_signed_in_has_no_idle_time(canton: Canton, clock: Traveller) -> None:
    client = Client(headers={"host": "berne.localhost"})
    client.post("/sign-in/", {"login": "commune", "password": PASSWORD, "stay": "1"})
    client.post("/sign-in/code/", {"code": code_of(canton.commune.user)})
    assert left(client) == 7 * 24 * 3600
    clock.shift(dt.timedelta(days=6))
    assert is_inside(client)


def test_nobody_signed_in_is_told_nothing(canton: Canton) -> None:
    client = Client(headers={"host": "berne.localhost"})
    answer = client.get("/sign-in/")
    assert "X-Session-Left" not in answer.headers
    assert "data-session" not in answer.text
    assert "terminée" in client.get("/sign-in/?ended=1").text


def test_a_form_sent_too_late_leads_back_to_its_page(canton: Canton, as_: As) -> None:
    client = as_(canton.commune)
    canton.commune.user.sessions.all().delete()
    own = client.post(
        "/account/profile/",
        headers={"referer": "http://berne.localhost/account/profile/?x=1"},
    )
    assert own.url == "/sign-in/?next=%2Faccount%2Fprofile%2F%3Fx%3D1"
    foreign = client.post(
        "/account/profile/", headers={"referer": "http://evil.example/x/"}
    )
    assert foreign.url == "/sign-in/"


def test_htmx_takes_the_whole_page_to_the_door(canton: Canton) -> None:
    asked = {
        "host": "berne.localhost", "HX-Request": "true",
        "HX-Current-URL": "http://berne.localhost/booking/dates/?q=1",
    }  # fmt: skip
    answer = Client().get(DATES, headers=asked)
    assert answer.headers["HX-Redirect"] == (
        "/sign-in/?next=%2Fbooking%2Fdates%2F%3Fq%3D1"
    )
