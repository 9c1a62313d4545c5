"""The house's Celery with a timetable of seconds, and two jobs that leave a trace.

`celery -A tests.deploy.quick`: for tests with several beats and workers. Never imported
by a test itself: it changes the timetable.
"""

# ruff: noqa: E402 (Django is set up before models are imported)

import os
import uuid

import django

django.setup()

from config.celery import app
from core import journal
from core.jobs import once_every

PERIOD = int(os.environ["PERIOD"])
NOBODY = uuid.UUID(int=0)


@app.task(name="guarded")
@once_every(seconds=PERIOD)
def guarded() -> None:
    """As every periodic job of the house."""
    journal.record("tests.guarded", tenant_id=NOBODY, actor_id=None)


@app.task(name="unguarded")
def unguarded() -> None:
    """The negative control: what happens to a job that forgets."""
    journal.record("tests.unguarded", tenant_id=NOBODY, actor_id=None)


app.conf.beat_schedule = {
    **{
        name: {**entry, "schedule": PERIOD}
        for name, entry in app.conf.beat_schedule.items()
    },
    "guarded": {"task": "guarded", "schedule": PERIOD},
    "unguarded": {"task": "unguarded", "schedule": PERIOD},
}
