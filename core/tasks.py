"""What the worker does: fetch, call one function. Tasks take ids only."""

import time
import uuid

import structlog
from celery import current_app, shared_task
from celery.app.task import Task
from celery.canvas import Signature
from kombu.exceptions import OperationalError

from core import journal_seals
from core.documents import render
from core.jobs import noted_every, once_every
from core.messages import outbox
from core.privacy import access
from core.uploads import scanner

log = structlog.get_logger(__name__)


# After a broker did not answer nobody waits for it again during this time.
QUIET_SECONDS = 10
_quiet_until = 0.0


def wake(task: "Task[..., None] | Signature[None]", *args: object) -> None:
    """Asks the worker for a task. A broker that is down never shows: rows wait, beat sweeps."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        task.apply_async(args=args, retry=False)
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("broker.down", task=str(task), error=type(error).__name__)


def wake_by_name(name: str) -> None:
    """As `wake`, for a task of an app that the caller may not import."""
    wake(current_app.signature(name))


@shared_task
@noted_every(seconds=60)
def send_messages() -> None:
    """Sends what is due; several workers share the rows by SKIP LOCKED."""
    outbox.send_due()


@shared_task
def render_document(pk: str) -> None:
    """Renders one document."""
    render.render(uuid.UUID(pk))


@shared_task
@once_every(seconds=60)
def render_waiting() -> None:
    """Renders documents whose wake-up was lost."""
    render.render_waiting()


@shared_task
def make_access_file(pk: str) -> None:
    """Puts together everything on one person."""
    access.make(uuid.UUID(pk))


@shared_task
@once_every(seconds=60)
def make_access_files() -> None:
    """Makes those whose wake-up was lost."""
    access.make_waiting()


@shared_task
def scan_upload(pk: str) -> None:
    """Shows one upload to the scanner."""
    scanner.scan(uuid.UUID(pk))


@shared_task
@once_every(seconds=60)
def scan_waiting() -> None:
    """Scans uploads that the scanner did not answer for."""
    scanner.scan_waiting()


@shared_task
@once_every(seconds=3600)
def seal_journal() -> None:
    """Seals the days that are over; below the worker's limit, the next run goes on."""
    journal_seals.seal_finished(seconds=80)
