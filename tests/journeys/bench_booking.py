"""`run.py bench`: DESIGN §8's figures for booking, printed, never asserted."""

import datetime as dt
import os
import platform
import statistics
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.demo.people import BERNE
from core.dates import today
from tests.journeys.house import House
from tests.journeys.test_rush import Browser

SEARCH = "/booking/dates/?languages=fr&interpreter=0"


def told(name: str, seconds: list[float], target: str) -> None:
    ordered = sorted(seconds)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95) - 1]
    print(  # noqa: T201
        f"{name:44} p50 {p50 * 1000:7.1f} ms  p95 {p95 * 1000:7.1f} ms"
        f"  max {ordered[-1] * 1000:7.1f} ms  ({target})"
    )


def timed(work: Callable[[], Any], times: int) -> list[float]:
    work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


def machine() -> str:
    model = "unknown processor"
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(
            (x.split(":")[1].strip() for x in lines if "model name" in x), model
        )
    return f"{os.cpu_count()} × {model}, {platform.system()}, load {os.getloadavg()[0]:.1f}"


def fill(house: House, full: int) -> str:
    words = house.manage("bench_data", "--full", str(full)).strip().splitlines()[-1]
    with psycopg.connect(house.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("ANALYZE")
    return words


@pytest.mark.parametrize("full", [90, 99])
def test_reading(house: House, full: int) -> None:
    print(f"\n{machine()}; {fill(house, full)}, {full} % taken")  # noqa: T201
    clerk = Browser(house, "SaintImier", house.port)
    told(
        "search for a free date",
        timed(lambda: clerk.ask("GET", SEARCH), 200),
        "p95 ≤ 50",
    )
    path = "/booking/bookings/?which=to_come"
    told(
        "« Mes réservations », 5,000 rows",
        timed(lambda: clerk.ask("GET", path), 50),
        "–",
    )
    day = today() + dt.timedelta(days=14)
    path = f"/booking/agenda/?span=week&day={day.isoformat()}"
    for username, number, target in (
        ("kio.thun", 10, "p95 ≤ 150"),
        ("multimondo", 33, "–"),
    ):
        office = Browser(house, username, house.port)
        told(
            f"agenda of a week, {number} counsellors",
            timed(partial(office.ask, "GET", path), 30),
            target,
        )


def test_booking(house: House) -> None:
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        rows = connection.execute(
            "SELECT id FROM booking_slot WHERE state = 'free' AND starts_at > now()"
            " ORDER BY random() LIMIT 200"
        ).fetchall()
    targets = [f"/booking/dates/{row[0]}/take/" for row in rows]
    communes = [person for person in BERNE if person.role == "booking.commune"]
    browsers = [Browser(house, person.username, house.port) for person in communes]
    seconds: list[float] = []

    def take(browser: Browser) -> None:
        while targets:
            try:
                target = targets.pop()
            except IndexError:
                return
            start = time.perf_counter()
            status, _page, _place = browser.ask("POST", target)
            assert status in {302, 409}
            seconds.append(time.perf_counter() - start)

    threads = [threading.Thread(target=take, args=[browser]) for browser in browsers]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(seconds) / (time.perf_counter() - start)
    told(f"taking distinct dates: {rate:.0f} a second", seconds, "≥ 100 a second")


@pytest.mark.django_db
def test_letters(canton: Any) -> None:
    from booking import documents  # noqa: PLC0415
    from booking.models import Booking  # noqa: PLC0415
    from booking.texts import offered_languages  # noqa: PLC0415
    from core.documents.pdf import render_pdf, warm_up  # noqa: PLC0415
    from tests.booking.test_changes import confirmed  # noqa: PLC0415

    row = Booking.objects.with_facts().get(pk=confirmed(canton, canton.slot()).pk)
    warm_up()
    means = []
    for language in offered_languages():
        page = documents.invitation_of(row, language)
        seconds = timed(partial(render_pdf, page), 10)
        means.append(statistics.mean(seconds))
        told(f"rendering the invitation, {language}", seconds, "≤ 60 on average")
    number = len(means)
    print(f"{number} languages: mean {statistics.mean(means) * 1000:.1f} ms")  # noqa: T201
