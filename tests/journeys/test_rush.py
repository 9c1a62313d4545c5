"""Two hundred requests for one date: one taker, polite answers, no error (BKG-017)."""

import http.client
import re
import threading
from collections import Counter

import psycopg
import pytest

from config.demo.people import BERNE
from tests.journeys.house import House

TAKERS = 200


class Browser:
    """One signed-in clerk over plain HTTP."""

    def __init__(self, house: House, username: str) -> None:
        self.house, self.cookies = house, dict[str, str]()
        path = f"/demo/become/{username}/"
        self.token = ""
        _status, page, _place = self.ask("GET", path)
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        self.ask("POST", path)
        _status, page, _place = self.ask("GET", "/booking/dates/")
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        self.dates = re.findall(r'action="(/booking/dates/[\w-]+/take/)"', page)

    def ask(self, method: str, path: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.house.port, timeout=60
        )
        headers = {
            "Host": f"berne.localhost:{self.house.port}",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = f"csrfmiddlewaretoken={self.token}" if method == "POST" else None
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        page = answer.read().decode()
        connection.close()
        return answer.status, page, answer.headers.get("Location", "")


@pytest.mark.req("BKG-017")
@pytest.mark.concurrency
def test_two_hundred_requests_for_one_date(house: House) -> None:
    communes = [person for person in BERNE if person.role == "booking.commune"]
    browsers = [Browser(house, person.username) for person in communes]
    target = browsers[0].dates[-1]
    answers: list[tuple[int, str, str]] = []
    start = threading.Barrier(TAKERS)

    def take(browser: Browser) -> None:
        start.wait()
        answers.append(browser.ask("POST", target))

    threads = [
        threading.Thread(target=take, args=[browsers[number % len(browsers)]])
        for number in range(TAKERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = Counter(status for status, _page, _place in answers)
    # The winner's own other requests lead to the same booking; all others are told.
    assert set(statuses) == {302, 409}
    assert len({place for status, _page, place in answers if status == 302}) == 1
    assert statuses[409] >= TAKERS - TAKERS // len(browsers)
    told = next(page for status, page, _place in answers if status == 409)
    assert "/take/" in told
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        count = connection.execute(
            "SELECT count(*) FROM booking_booking WHERE slot_id = %s AND state = 'taken'",
            [target.split("/")[3]],
        ).fetchone()
    assert count == (1,)
