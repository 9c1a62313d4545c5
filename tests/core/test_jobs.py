"""Periodic work is done once, however many beats there are (TRUST §3.3)."""

import datetime as dt

import pytest
import time_machine

from core.jobs import JobRun, claim, once_every
from tests.core.concurrently import at_once

NOON = dt.datetime(2026, 11, 16, 12, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_a_job_runs_once_a_period() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert claim("job", 60)
        assert not claim("job", 60)
        assert claim("another", 60)
        clock.shift(30)
        assert not claim("job", 60)
        clock.shift(29)  # a beat that ticks a little early is the next tick
        assert claim("job", 60)


@pytest.mark.django_db
def test_when_it_last_ran_is_seen() -> None:
    with time_machine.travel(NOON, tick=False):
        claim("job", 60)
    assert JobRun.objects.get(name="job").last_run == NOON


@pytest.mark.django_db
def test_a_beat_that_was_dead_for_hours_runs_it_once() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert claim("job", 60)
        clock.shift(6 * 3600)
        assert [claim("job", 60), claim("job", 60)] == [True, False]


@pytest.mark.django_db
def test_the_decorated_job_works_only_for_the_first() -> None:
    runs = []

    @once_every(seconds=60)
    def count() -> None:
        runs.append(1)

    with time_machine.travel(NOON, tick=False):
        count()
        count()
    assert len(runs) == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_twenty_workers_one_gets_it_ten_times_in_a_row() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _period in range(10):
            assert at_once(20, lambda n: claim("job", 60)).count(True) == 1
            clock.shift(60)
