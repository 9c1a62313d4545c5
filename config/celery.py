"""The worker and the whole timetable on one screen (TRUST §3.2, §3.3)."""

import os
import tempfile
from pathlib import Path
from typing import Any

import structlog
from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

from django.conf import settings

from config.health import BEAT_SIGN, WORKER_SIGN

app = Celery("perron")
app.conf.update(
    broker_url=settings.REDIS_URL.replace("unix://", "redis+socket://", 1),
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 300,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        # Kombu tries for six seconds by default, within the request of somebody who waits.
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0.1,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_time_limit=120,
    task_soft_time_limit=100,
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=20,
    worker_hijack_root_logger=False,
    beat_schedule_filename=str(Path(tempfile.gettempdir()) / BEAT_SIGN),
    timezone="Europe/Zurich",
    beat_schedule={
        "send what waits": {"task": "core.tasks.send_messages", "schedule": 60},
        "render what waits": {"task": "core.tasks.render_waiting", "schedule": 60},
        "scan what waits": {"task": "core.tasks.scan_waiting", "schedule": 60},
        "answer requests for access": {
            "task": "core.tasks.make_access_files",
            "schedule": 60,
        },
        "seal the journal": {"task": "core.tasks.seal_journal", "schedule": 3600},
        "let lapsed holds go": {"task": "booking.tasks.lapse_holds", "schedule": 60},
        "tell of free dates": {
            "task": "booking.tasks.tell_of_free_dates",
            "schedule": 300,
        },
        # A run in parts shorter than the worker's limit of time; one a day.
        "erase what is due": {"task": "accounts.tasks.run_retention", "schedule": 300},
        "let counters' holds go": {
            "task": "counters.tasks.lapse_counter_holds",
            "schedule": 60,
        },
        "tell people of counters": {
            "task": "counters.tasks.tell_people",
            "schedule": 60,
        },
        "open counters' slots": {
            "task": "counters.tasks.open_slots",
            "schedule": 3600,
        },
        "tell of earlier slots": {
            "task": "counters.tasks.tell_of_earlier_slots",
            "schedule": 60,
        },
        "remind persons": {"task": "counters.tasks.remind_persons", "schedule": 600},
        "remind clients": {"task": "booking.tasks.remind_clients", "schedule": 600},
    },
)
app.autodiscover_tasks()


@signals.before_task_publish.connect
def carry_request_id(headers: dict[str, Any], **_: Any) -> None:
    """The request's id goes with the task."""
    bound = structlog.contextvars.get_contextvars()
    headers["request_id"] = bound.get("request_id", "")


@signals.task_prerun.connect
def bind_request_id(task: Any, **_: Any) -> None:
    """… and into every log line of it."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        task=task.name, request_id=getattr(task.request, "request_id", None) or ""
    )


@signals.worker_process_init.connect
def warm_up(**_: Any) -> None:
    """The first letter of a worker is as quick as the others."""
    from core.documents.pdf import warm_up as read_fonts  # noqa: PLC0415 (needs the apps)

    read_fonts()


@signals.heartbeat_sent.connect
def say_alive(**_: Any) -> None:
    """What config.health looks at: the worker's loop turns."""
    (Path(tempfile.gettempdir()) / WORKER_SIGN).touch()
