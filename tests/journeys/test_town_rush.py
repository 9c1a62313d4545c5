"""The town, and everybody at once: citizens on the portal, agents at the desk, processes that die."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.journeys.crowd import TOWN, citizens
from tests.journeys.house import House, answers, until
from tests.journeys.test_rush import TAKERS, Answer, Browser

FREE = """
    SELECT slot.id FROM counters_slot slot JOIN counters_counter counter ON counter.id = slot.counter_id
    WHERE counter.name = ANY(%s) AND slot.state = 'free'
      AND slot.starts_at::date = (
          SELECT min(later.starts_at)::date FROM counters_slot later
          WHERE later.counter_id = counter.id AND later.state = 'free'
            AND later.starts_at > now() + interval '20 days')
    ORDER BY slot.starts_at
"""
OVERLAPS = """
    SELECT count(*) FROM counters_appointment one
    JOIN counters_counter here ON here.id = one.counter_id
    JOIN counters_counter there ON there.desk_id = here.desk_id
    JOIN counters_appointment other ON other.counter_id = there.id AND other.id <> one.id
    WHERE one.state IN ('held', 'planned') AND other.state IN ('held', 'planned')
      AND one.slot_id IS NOT NULL AND other.slot_id IS NOT NULL
      AND tstzrange(one.starts_at, one.ends_at) && tstzrange(other.starts_at, other.ends_at)
"""
# A hold is a slot, an appointment and a place at the desk with one deadline, or nothing.
HALF_HELD = """
    SELECT slot.id FROM counters_slot slot
    LEFT JOIN counters_appointment row ON row.slot_id = slot.id AND row.state = 'held'
    LEFT JOIN core_occupancy place ON place.source_id = row.id
    WHERE slot.state = 'held' AND slot.held_until > now() AND (row.held_until IS DISTINCT FROM slot.held_until
                                   OR place.until IS DISTINCT FROM slot.held_until)
"""
LATE = "SELECT count(*) FROM counters_slot WHERE state = 'held' AND held_until <= now()"
SWEEP = "from counters.actions.appointments import lapse_all; lapse_all()"
DEADLINES = (
    "UPDATE counters_slot SET held_until = now() - interval '1 second' WHERE state = 'held'",
    "UPDATE counters_appointment SET held_until = now() - interval '1 second' WHERE state = 'held'",
    "UPDATE core_occupancy SET until = now() - interval '1 second' WHERE until IS NOT NULL",
)


def ask(house: House, sql: str, *given: Any) -> list[Any]:
    with psycopg.connect(house.environ["DATABASE_URL"], autocommit=True) as connection:
        return [row[0] for row in connection.execute(sql, given)]


def together(acts: list[Callable[[], Answer]]) -> list[Answer]:
    """All at once; a connection that breaks gives no answer."""
    given: list[Answer] = []
    start = threading.Barrier(len(acts))

    def one(act: Callable[[], Answer]) -> None:
        start.wait()
        with contextlib.suppress(OSError):
            given.append(act())

    threads = [threading.Thread(target=one, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def taking(browser: Browser, slot: Any) -> Callable[[], Answer]:
    return lambda: browser.ask("POST", "/counters/take/", f"slot={slot}")


def assigning(browser: Browser, slot: Any) -> Callable[[], Answer]:
    path = f"/counters/slots/{slot}/assign/"
    return lambda: browser.ask("POST", path, "last_name=A&first_name=B")


def deadlocks(house: House) -> int:
    sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return int(ask(house, sql)[0])


def let_time_pass(house: House) -> None:
    """Every hold's deadline is over."""
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        for sql in DEADLINES:
            connection.execute(sql)


@pytest.fixture(scope="module")
def crowd(house: House) -> list[Browser]:
    return citizens(house, TAKERS)


@pytest.mark.req("CTR-044")
@pytest.mark.concurrency
def test_two_hundred_citizens_and_two_agents_at_one_slot(
    house: House, crowd: list[Browser]
) -> None:
    slot = ask(house, FREE, ["Guichet 1"])[0]
    agents = [Browser(house, "sandrine.jeanrenaud", house.port, TOWN) for _ in "12"]
    given = together(
        [taking(citizen, slot) for citizen in crowd]
        + [assigning(agent, slot) for agent in agents]
    )
    assert Counter(status for status, _page, _place in given) == {302: 1, 409: 201}
    told = next(page for status, page, _place in given if status == 409)
    assert 'name="slot"' in told or "/assign/" in told  # the nearest free ones
    taken = "SELECT count(*) FROM counters_appointment WHERE slot_id = %s AND state IN ('held', 'planned')"
    assert ask(house, taken, slot) == [1]


@pytest.mark.req("CTR-004")
@pytest.mark.concurrency
def test_two_counters_at_one_desk_and_two_hundred_takers(
    house: House, crowd: list[Browser]
) -> None:
    """Slots of ten and of twenty minutes at the same desk: whoever is late is told."""
    slots = ask(house, FREE, ["Guichet 4", "Guichet 5"])
    before = deadlocks(house)
    given = together(
        [
            taking(citizen, slots[number % len(slots)])
            for number, citizen in enumerate(crowd)
        ]
    )
    statuses = Counter(status for status, _page, _place in given)
    assert set(statuses) == {302, 409}
    assert statuses[302] > 1
    assert ask(house, OVERLAPS) == [0]
    assert deadlocks(house) == before


@pytest.mark.req("CTR-004", "CTR-021")
@pytest.mark.concurrency
def test_many_lapsed_holds_of_one_desk_are_taken_over_without_a_deadlock(
    house: House, crowd: list[Browser]
) -> None:
    """Whoever takes one sweeps those of all others at the desk, who do the same."""
    house.kill("beat")  # nobody else sweeps
    slots = ask(house, FREE, ["Boujean 1"])[:30]
    together([*map(taking, crowd, slots)])
    let_time_pass(house)
    before = deadlocks(house)
    late = together([*map(taking, crowd[100:], slots)])
    house.start("beat", *house.commands["beat"])
    assert Counter(status for status, _page, _place in late) == {302: len(slots)}
    assert deadlocks(house) == before


@pytest.mark.req("CTR-021")
@pytest.mark.concurrency
def test_processes_killed_in_the_middle_leave_no_slot_held_beyond_its_time(
    house: House, crowd: list[Browser]
) -> None:
    """The web dies while people reserve; nobody sweeps; when the time is up, others may."""
    slots = ask(house, FREE, ["Mâche 1", "Mâche 2"])[:40]
    first = threading.Event()

    def take(browser: Browser, slot: Any) -> Callable[[], Answer]:
        def act() -> Answer:
            answer = taking(browser, slot)()
            first.set()
            return answer

        return act

    def kill() -> Answer:
        first.wait(30)
        for part in ("beat", "worker", "web"):
            house.kill(part)
        return 0, "", ""

    given = together([*map(take, crowd, slots), kill])
    assert len(given) < len(slots) + 1  # some were cut off, or this proves nothing
    assert ask(house, HALF_HELD) == []
    let_time_pass(house)
    house.start("web", *house.commands["web"])
    until(lambda: answers(f"http://127.0.0.1:{house.port}/ready"), "the web answers")
    late = together([*map(taking, reversed(crowd[-len(slots) :]), slots)])
    house.start("worker", *house.commands["worker"])
    house.start("beat", *house.commands["beat"])
    assert Counter(status for status, _page, _place in late) == {302: len(slots)}
    assert ask(house, HALF_HELD) == []
    house.manage("shell", "-v0", "-c", SWEEP)
    assert ask(house, LATE) == [0]
