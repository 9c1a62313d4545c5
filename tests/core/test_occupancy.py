"""Nobody and nothing is in two places at once (DESIGN §6, TRUST §3.1)."""

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)
from psycopg.errors import DeadlockDetected

from core import occupancy
from core.dates import now
from core.errors import Refusal
from core.occupancy import Occupancy, extend, make_definitive, occupy, release
from tests.core.concurrently import Stopwatch, at_once

NINE = dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
# Fewer than a server set up with its defaults lets in (100); over HTTP there are 200.
TAKERS = 60


def take(resource: uuid.UUID, start: int, end: int, **extra: object) -> uuid.UUID:
    """Occupies from so many to so many minutes after nine; the source's id."""
    source = uuid.uuid4()
    with transaction.atomic():
        occupy(
            resource,
            NINE + start * MINUTE,
            NINE + end * MINUTE,
            **{"source_id": source, **extra},
        )
    return source


def past() -> dt.datetime:
    return now() - MINUTE


def soon() -> dt.datetime:
    return now() + 30 * MINUTE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "free"),
    [(0, 60, False), (59, 61, False), (10, 20, False), (60, 90, True), (-30, 0, True)],
)
def test_half_open_periods_touch_without_meeting(
    start: int, end: int, free: bool
) -> None:
    resource = uuid.uuid4()
    take(resource, 0, 60)
    if free:
        take(resource, start, end)
    else:
        with pytest.raises(Refusal):
            take(resource, start, end)


@pytest.mark.django_db
def test_another_resource_is_free() -> None:
    take(uuid.uuid4(), 0, 60)
    take(uuid.uuid4(), 0, 60)
    assert Occupancy.objects.count() == 2


@pytest.mark.django_db
def test_after_a_refusal_the_transaction_goes_on() -> None:
    resource = uuid.uuid4()
    take(resource, 0, 60)
    with transaction.atomic():
        with pytest.raises(Refusal):
            take(resource, 30, 90)
        take(resource, 60, 90)
    assert Occupancy.objects.count() == 2


@pytest.mark.django_db
def test_an_empty_or_backward_period_is_not_taken() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        take(uuid.uuid4(), 60, 60)
    with pytest.raises(DataError), transaction.atomic():
        take(uuid.uuid4(), 60, 30)


@pytest.mark.django_db
def test_a_lapsed_hold_is_swept_by_the_next_and_told() -> None:
    resource = uuid.uuid4()
    lapsed = take(resource, 0, 60, until=past())
    with transaction.atomic():
        swept = occupy(resource, NINE, NINE + 60 * MINUTE, source_id=uuid.uuid4())
    assert swept == [lapsed]


@pytest.mark.django_db
def test_a_running_hold_stands() -> None:
    resource = uuid.uuid4()
    take(resource, 0, 60, until=soon())
    with pytest.raises(Refusal):
        take(resource, 0, 60)


@pytest.mark.django_db
def test_a_hold_becomes_definitive_once_and_only_while_it_runs() -> None:
    running = take(uuid.uuid4(), 0, 60, until=soon())
    lapsed = take(uuid.uuid4(), 0, 60, until=past())
    assert make_definitive(running)
    assert Occupancy.objects.get(source_id=running).until is None
    assert not make_definitive(running)
    assert not make_definitive(lapsed)


@pytest.mark.django_db
def test_a_hold_is_extended_only_while_it_runs() -> None:
    running = take(uuid.uuid4(), 0, 60, until=soon())
    lapsed = take(uuid.uuid4(), 0, 60, until=past())
    later = soon() + 60 * MINUTE
    assert extend(running, until=later)
    assert Occupancy.objects.get(source_id=running).until == later
    assert not extend(lapsed, until=later)


@pytest.mark.django_db
def test_released_time_is_free_and_releasing_twice_is_no_error() -> None:
    resource = uuid.uuid4()
    source = take(resource, 0, 60)
    release(source)
    release(source)
    take(resource, 0, 60)


@contextmanager
def unguarded() -> Iterator[None]:
    """The table without its exclusion constraint: what the negative control needs."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_occupancy DROP CONSTRAINT never_in_two_places")
        try:
            yield
        finally:
            cursor.execute("DELETE FROM core_occupancy")
            cursor.execute(
                "ALTER TABLE core_occupancy ADD CONSTRAINT never_in_two_places"
                " EXCLUDE USING gist (resource_id WITH =, period WITH &&)"
            )


def outcome(result: object) -> str:
    return type(result).__name__ if isinstance(result, Exception) else "taken"


@pytest.mark.slow
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_one_winner_and_polite_refusals() -> None:
    """Overlapping, not identical, periods: the shape that dead-locks on a constraint alone."""
    resource, watch = uuid.uuid4(), Stopwatch()
    results = at_once(TAKERS, lambda n: take(resource, n % 29, n % 29 + 30))
    print(f"{TAKERS} takers of overlapping periods: {watch}")  # noqa: T201
    assert Counter(map(outcome, results)) == {"taken": 1, "Refusal": TAKERS - 1}
    assert Occupancy.objects.count() == 1


@pytest.mark.slow
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_with_the_guards_off_the_same_race_books_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: the test above could fail."""
    monkeypatch.setattr(occupancy, "_lock", lambda resource: None)
    resource, met = uuid.uuid4(), threading.Barrier(8)

    def look_then_take(number: int) -> uuid.UUID | None:
        if Occupancy.objects.filter(resource_id=resource).exists():
            return None
        met.wait(10)
        return take(resource, 0, 60)

    with unguarded():
        results = at_once(8, look_then_take)
        assert sum(isinstance(result, uuid.UUID) for result in results) > 1


@pytest.mark.slow
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_constraint_alone_still_lets_nobody_book_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A forgotten lock costs politeness (dead-locks), never a double booking."""
    monkeypatch.setattr(occupancy, "_lock", lambda resource: None)
    resource = uuid.uuid4()
    results = at_once(8, lambda n: take(resource, n, n + 30))
    assert [outcome(result) for result in results].count("taken") <= 1
    assert Occupancy.objects.count() <= 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_resources_in_opposite_orders_do_not_wait_for_ever() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()

    def both(number: int) -> None:
        first, second = (one, other) if number % 2 else (other, one)
        with transaction.atomic():
            occupancy.lock_resources(first, second)
            take(first, number * 10, number * 10 + 10)
            take(second, number * 10, number * 10 + 10)

    results = at_once(20, both)
    assert not [result for result in results if isinstance(result, Exception)]
    assert Occupancy.objects.count() == 40


@pytest.mark.slow
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occupancy, "LOCK_TIMEOUT", "200ms")
    resource, held, done = uuid.uuid4(), threading.Event(), threading.Event()

    def hold_or_ask(number: int) -> uuid.UUID | None:
        if number:
            held.wait(10)
            try:
                return take(resource, 0, 60)
            finally:
                done.set()
        with transaction.atomic():
            occupancy.lock_resources(resource)
            held.set()
            done.wait(10)
        return None

    _holder, asked = at_once(2, hold_or_ask)
    assert isinstance(asked, Refusal)
    assert not isinstance(asked, OperationalError | DeadlockDetected)
    assert "moment" in str(asked.sentence)
