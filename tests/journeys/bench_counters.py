"""`run.py bench`: DESIGN §8's figures for counters, printed, never asserted."""

import datetime as dt
import threading
import time
from functools import partial

import psycopg

from core.dates import today
from tests.journeys.bench_booking import machine, timed, told
from tests.journeys.house import House
from tests.journeys.test_rush import Browser

TOWN = "mairie"


def ids(house: House, sql: str) -> list[str]:
    with psycopg.connect(house.environ["DATABASE_URL"], autocommit=True) as connection:
        return [str(row[0]) for row in connection.execute(sql)]


def test_a_million_slots(house: House) -> None:
    words = house.manage("bench_counters").strip().splitlines()[-3:]
    with psycopg.connect(house.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("ANALYZE")
    print("\n".join(["", machine(), *words]))  # noqa: T201
    (type_,) = ids(
        house, "SELECT id FROM counters_appointmenttype WHERE name_fr = 'Bench large'"
    )
    (place,) = ids(
        house, "SELECT place_id FROM counters_counter WHERE name = 'Bench 100'"
    )
    citizen = Browser(house, "aline.chopard", house.port, TOWN)
    for name, path in (
        ("first free slot by place, 190 counters", f"/counters/type/{type_}/"),
        ("free slots of three days", f"/counters/type/{type_}/{place}/"),
    ):
        assert citizen.ask("GET", path)[0] == 200
        told(name, timed(partial(citizen.ask, "GET", path), 100), "p95 ≤ 50")
    (ten,) = ids(
        house, "SELECT id FROM counters_appointmenttype WHERE name_fr = 'Bench ten'"
    )
    day = today() + dt.timedelta(days=7)
    path = f"/counters/slots/?span=week&day={day.isoformat()}&type={ten}"
    agent = Browser(house, "sandrine.jeanrenaud", house.port, TOWN)
    assert agent.ask("GET", path)[0] == 200
    told(
        "agenda of a week, 12 counters, 1,000 slots",
        timed(partial(agent.ask, "GET", path), 30),
        "p95 ≤ 150",
    )


def test_fifty_open_agendas(house: House) -> None:
    """Each asks every twenty seconds: 2.5 a second. What as many take that something has changed for."""
    (own,) = ids(house, "SELECT type_id FROM counters_counter WHERE name = 'Guichet 1'")
    path = f"/counters/slots/?span=week&type={own}"
    agents = [
        Browser(house, "sandrine.jeanrenaud", house.port, TOWN) for _number in range(5)
    ]
    seconds: list[float] = []

    def ask(agent: Browser) -> None:
        for _number in range(10):
            start = time.perf_counter()
            agent.ask("GET", path)
            seconds.append(time.perf_counter() - start)

    threads = [threading.Thread(target=ask, args=[agent]) for agent in agents]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(seconds) / (time.perf_counter() - start)
    told(f"50 refreshes of the agenda: {rate:.1f} a second", seconds, "2.5 a second")
