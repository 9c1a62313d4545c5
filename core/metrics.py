"""Figures for whoever watches the house, in Prometheus' text format (docs/operations.md).

They count; they name nobody. A domain adds its own in `metrics.py`.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.models import Min, QuerySet
from django.utils.module_loading import autodiscover_modules

from core import jobs, journal_seals, probes
from core.csp_reports import CspReports
from core.dates import now
from core.documents.models import Document, DocumentState
from core.jobs import JobRun
from core.messages.models import MessageState, OutgoingMessage
from core.uploads.models import ScanState, StoredFile

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Label (name, value) → figure; a figure without labels stands under None.
Values = Mapping[tuple[str, str] | None, float]
Reader = Callable[[], float | Values]


@dataclass(frozen=True)
class Gauge:
    """One figure: what it means, and how it is read now."""

    name: str
    meaning: str
    read: Reader

    def values(self) -> Values:
        """The figure, or one for each label."""
        found = self.read()
        return found if isinstance(found, Mapping) else {None: found}


_gauges: dict[str, Gauge] = {}


def gauge(name: str, meaning: str) -> Callable[[Reader], Reader]:
    """Registers a figure under `perron_<name>`; `meaning` names the unit."""

    def register(read: Reader) -> Reader:
        _gauges[name] = Gauge(f"perron_{name}", meaning, read)
        return read

    return register


def gauges() -> list[Gauge]:
    """Every figure of the house, the domains' among them."""
    autodiscover_modules("metrics", "tasks")  # jobs are known once tasks are loaded
    return [_gauges[name] for name in sorted(_gauges)]


def readings() -> dict[str, Values]:
    """Every figure by its name; what the database cannot tell now is left out."""
    found: dict[str, Values] = {}
    for one in gauges():
        try:
            found[one.name] = one.values()
        except DatabaseError:
            continue
    return found


def text() -> str:
    """All figures as Prometheus reads them."""
    lines = []
    meanings = {one.name: one.meaning for one in gauges()}
    for name, values in readings().items():
        lines += [f"# HELP {name} {meanings[name]}", f"# TYPE {name} gauge"]
        for label, value in values.items():
            told = f'{{{label[0]}="{label[1]}"}}' if label else ""
            lines.append(f"{name}{told} {value:.15g}")
    return "\n".join(lines) + "\n"


def _age(rows: QuerySet[OutgoingMessage] | QuerySet[Document]) -> float:
    """Seconds since the oldest of the rows was written; 0 when there is none."""
    oldest = rows.aggregate(at=Min("created_at"))["at"]
    return max((now() - oldest).total_seconds(), 0.0) if oldest else 0.0


@gauge("database_up", "1 when the database answers.")
def database_up() -> float:
    """0 beside figures that are missing: the database is down."""
    return float(probes.database())


@gauge("broker_up", "1 when Valkey answers.")
def broker_up() -> float:
    """0: messages and documents wait for the minute's sweep."""
    return float(probes.broker())


@gauge("message_oldest_seconds", "Age of the oldest message that waits.")
def message_oldest() -> float:
    """Grows while no sender runs or the mail server refuses."""
    return _age(OutgoingMessage.objects.filter(state=MessageState.QUEUED))


@gauge("messages", "Messages that wait or were given up.")
def messages() -> Values:
    """By state; sent ones are not counted, they only ever grow."""
    rows = OutgoingMessage.objects.filter
    return {
        ("state", state.value): float(rows(state=state).count())
        for state in (MessageState.QUEUED, MessageState.FAILED)
    }


@gauge("document_oldest_seconds", "Age of the oldest document that waits.")
def document_oldest() -> float:
    """Grows while no worker runs."""
    return _age(Document.objects.filter(state=DocumentState.WAITING))


@gauge("documents", "Documents that wait or could not be made.")
def documents() -> Values:
    """By state."""
    rows = Document.objects.filter
    return {
        ("state", state.value): float(rows(state=state).count())
        for state in (DocumentState.WAITING, DocumentState.FAILED)
    }


@gauge("uploads", "Uploads that wait for the scanner, or were refused by it.")
def uploads() -> Values:
    """By state."""
    rows = StoredFile.objects.filter
    return {
        ("scan", state.value): float(rows(scan=state).count())
        for state in (ScanState.PENDING, ScanState.INFECTED)
    }


@gauge("job_last_run_timestamp_seconds", "When a periodic job last ran; 0: never.")
def job_last_run() -> Values:
    """By job, in seconds since 1970."""
    return {
        ("job", name): at.timestamp() if at else 0.0 for name, at in _runs().items()
    }


@gauge("job_late_seconds", "By how much a periodic job is overdue.")
def job_late() -> Values:
    """By job. One that never ran counts from the last upgrade of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(applied) FROM django_migrations")
        (upgraded,) = cursor.fetchone()
    late: dict[tuple[str, str] | None, float] = {}
    for name, at in _runs().items():
        age = (now() - (at or upgraded or now())).total_seconds()
        late["job", name] = max(age - jobs.PERIODS[name], 0.0)
    return late


def _runs() -> dict[str, dt.datetime | None]:
    """Every periodic job of this release, and when it last ran."""
    ran = dict(JobRun.objects.values_list("name", "last_run"))
    return {name: ran.get(name) for name in sorted(jobs.PERIODS)}


@gauge("csp_reports", "Violations of the content security policy reported so far.")
def csp_reports() -> Values:
    """By directive; the log says which page and which host."""
    rows = CspReports.objects.values_list("directive", "number")
    return {("directive", name): float(number) for name, number in rows}


@gauge("journal_unsealed_seconds", "For how long a finished day waits for its seal.")
def journal_unsealed() -> float:
    """Grows while the journal's days are not sealed; up to an hour of it is usual."""
    return journal_seals.unsealed_for().total_seconds()


@gauge("disk_free_bytes", "Free space where files and backups are kept.")
def disk_free() -> Values:
    """By place; one that was not made yet is left out."""
    places = {
        "files": Path(default_storage.path("")),
        "backups": Path(settings.BACKUP_ROOT),
    }
    return {
        ("place", name): float(shutil.disk_usage(path).free)
        for name, path in places.items()
        if path.exists()
    }
