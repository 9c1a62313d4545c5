"""Two hundred requests for one date: one taker, polite answers, no error (BKG-017)."""

import contextlib
import http.client
import re
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from config.demo.people import BERNE
from tests.journeys.house import House, answers, free_port, until

TAKERS = 200
Answer = tuple[int, str, str]


class Browser:
    """One signed-in person over plain HTTP; a clerk of the canton knows the free dates."""

    def __init__(
        self, house: House, username: str, port: int, tenant: str = "berne"
    ) -> None:
        self.house, self.port, self.cookies = house, port, dict[str, str]()
        self.tenant = tenant
        path = f"/demo/become/{username}/"
        self.token = ""
        _status, page, _place = self.ask("GET", path)
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        self.ask("POST", path)
        start = "/booking/dates/" if tenant == "berne" else "/account/"
        _status, page, _place = self.ask("GET", start)
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        self.dates = re.findall(r'action="(/booking/dates/[\w-]+/take/)"', page)

    def ask(self, method: str, path: str, fields: str = "") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Host": f"{self.tenant}.localhost:{self.port}",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = None
        if method == "POST":
            body = f"csrfmiddlewaretoken={self.token}&{fields}"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        page = answer.read().decode()
        connection.close()
        return answer.status, page, answer.headers.get("Location", "")


def rush(house: House, port: int) -> tuple[str, list[Answer]]:
    """Two hundred requests at once for the last date of the first page."""
    communes = [person for person in BERNE if person.role == "booking.commune"]
    browsers = [Browser(house, person.username, port) for person in communes]
    target = browsers[0].dates[-1]
    given: list[Answer] = []
    start = threading.Barrier(TAKERS)

    def take(browser: Browser) -> None:
        start.wait()
        given.append(browser.ask("POST", target))

    threads = [
        threading.Thread(target=take, args=[browsers[number % len(browsers)]])
        for number in range(TAKERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return target.split("/")[3], given


def bookings_of(connection: psycopg.Connection[Any], slot: str) -> int:
    row = connection.execute(
        "SELECT count(*) FROM booking_booking WHERE slot_id = %s AND state = 'taken'",
        [slot],
    ).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.req("BKG-017")
@pytest.mark.concurrency
def test_two_hundred_requests_for_one_date(house: House) -> None:
    slot, given = rush(house, house.port)
    statuses = Counter(status for status, _page, _place in given)
    # The winner's own other requests lead to the same booking; all others are told.
    assert set(statuses) == {302, 409}
    assert len({place for status, _page, place in given if status == 302}) == 1
    assert statuses[409] >= TAKERS * 7 // 8
    told = next(page for status, page, _place in given if status == 409)
    assert "/take/" in told
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        assert bookings_of(connection, slot) == 1


@contextlib.contextmanager
def no_constraints(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """The database's own guards off for a while."""
    exclusion = connection.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conname = 'never_in_two_places'"
    ).fetchone()
    unique = connection.execute(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'date_taken_once'"
    ).fetchone()
    assert exclusion
    assert unique
    connection.execute("DROP INDEX date_taken_once")
    connection.execute("ALTER TABLE core_occupancy DROP CONSTRAINT never_in_two_places")
    try:
        yield
    finally:
        connection.execute("DELETE FROM core_occupancy WHERE until IS NOT NULL")
        connection.execute(
            "UPDATE booking_booking SET state = 'lapsed', held_until = NULL"
            " WHERE state IN ('taken', 'unconfirmed')"
        )
        connection.execute(
            "ALTER TABLE core_occupancy ADD CONSTRAINT never_in_two_places "
            + exclusion[0]
        )
        connection.execute(unique[0])


@pytest.mark.req("BKG-017")
@pytest.mark.concurrency
def test_without_the_guard_the_same_rush_books_twice(house: House) -> None:
    port = free_port()
    bind = {**house.environ, "BIND": f"127.0.0.1:{port}"}
    guarded, house.environ = house.environ, bind
    command = ("gunicorn", "-c", "config/gunicorn.py", "tests.journeys.unguarded")
    with psycopg.connect(guarded["DATABASE_URL"], autocommit=True) as connection:
        house.start("unguarded", *command)
        house.environ = guarded
        try:
            until(lambda: answers(f"http://127.0.0.1:{port}/ready"), "the web answers")
            with no_constraints(connection):
                slot, _answers = rush(house, port)
                assert bookings_of(connection, slot) > 1
        finally:
            house.kill("unguarded")
