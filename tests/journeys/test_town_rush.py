"""One slot of the town, and everybody at once: citizens on the portal, agents at the desk."""

import threading
from collections import Counter

import psycopg
import pytest

from tests.journeys.house import House
from tests.journeys.test_rush import TAKERS, Answer, Browser

FREE = """
    SELECT slot.id FROM counters_slot slot JOIN counters_counter counter ON counter.id = slot.counter_id
    WHERE counter.name = 'Guichet 1' AND slot.state = 'free'
      AND slot.starts_at > now() + interval '20 days' ORDER BY slot.starts_at LIMIT 1
"""


@pytest.mark.req("CTR-044")
@pytest.mark.concurrency
def test_two_hundred_requests_of_citizens_and_agents_for_one_slot(house: House) -> None:
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        row = connection.execute(FREE).fetchone()
    assert row
    slot = row[0]
    citizens = [
        Browser(house, name, house.port, "mairie")
        for name in ("aline.chopard", "petra.zaugg")
    ]
    agents = [
        Browser(house, "sandrine.jeanrenaud", house.port, "mairie") for _number in "12"
    ]
    given: list[tuple[str, Answer]] = []
    start = threading.Barrier(TAKERS)

    def reserve(browser: Browser) -> None:
        start.wait()
        given.append(("portal", browser.ask("POST", "/counters/take/", f"slot={slot}")))

    def assign(browser: Browser) -> None:
        start.wait()
        path = f"/counters/slots/{slot}/assign/"
        given.append(("desk", browser.ask("POST", path, "last_name=A&first_name=B")))

    threads = [
        threading.Thread(target=assign, args=[agents[number]])
        if number < len(agents)
        else threading.Thread(target=reserve, args=[citizens[number % 2]])
        for number in range(TAKERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = Counter(status for _door, (status, _page, _place) in given)
    assert set(statuses) == {302, 409}
    # A citizen's own other requests lead to the same hold; everybody else is told.
    winners = {place for _door, (status, _page, place) in given if status == 302}
    assert len(winners) == 1
    assert statuses[409] >= TAKERS // 2
    told = next(page for _door, (status, page, _place) in given if status == 409)
    assert 'name="slot"' in told or "/assign/" in told  # the nearest free ones
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        held = connection.execute(
            "SELECT count(*) FROM counters_appointment WHERE slot_id = %s"
            " AND state IN ('held', 'planned')",
            [slot],
        ).fetchone()
    assert held == (1,)
