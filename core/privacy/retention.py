"""Retention: what is older than the authority says goes, kind by kind, in batches (DESIGN §6).

A batch, its count and its lines in the list of erasures are one transaction. A run that was
killed is found unfinished, and goes on. A lock of the session keeps two runs apart; the
database lets go of it when the process dies.
"""

import datetime as dt
import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from core import journal
from core.dates import now
from core.errors import Sentence
from core.privacy.models import Erasure, RetentionRun

log = structlog.get_logger(__name__)
BATCH = 100
FIXED = 0  # the length of a kind that nobody sets
DAYS_A_MONTH = 30.4375
LIST = "erasures.jsonl"
FILES_OLDER_THAN = dt.timedelta(days=1)
FOLDERS = ("uploads", "documents", "access")

# Erases these rows of a tenant; gives the ids of those that it did erase.
Act = Callable[[Any, "type[Model]", list[Any]], list[Any]]


def delete_rows(tenant: Any, model: type[Model], pks: list[Any]) -> list[Any]:
    """The usual act: the rows go."""
    model._default_manager.filter(pk__in=pks).delete()
    return pks


@dataclass(frozen=True)
class Kind:
    """What is erased, when, and how.

    `due` gives the rows that are. `model`: whose ids go into the list that a restored
    backup is erased by. `setting`: the name in the tenant's settings.
    """

    key: str
    title: Sentence
    what: Sentence
    due: Callable[[Any], "Iterable[QuerySet[Any]]"]
    default: int
    unit: str = "months"
    act: Act = delete_rows
    model: type[Model] | None = None
    setting: str = ""

    @property
    def app(self) -> str:
        """The app whose rows they are."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The setting's name."""
        return self.setting or f"retention.{self.key}"

    def length(self, tenant: Any) -> int:
        """Months or days that the authority has set."""
        return int(tenant.setting(self.name, self.default))

    def count(self, tenant: Any) -> int:
        """The dry run: how many rows are due."""
        return sum(rows.count() for rows in self.due(tenant))


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """An app says what it erases; kinds run in the order of their registration."""
    KINDS[kind.key] = kind


def before(tenant: Any, key: str) -> dt.datetime:
    """The moment before which a kind is due."""
    kind = KINDS[key]
    days = kind.length(tenant) * (DAYS_A_MONTH if kind.unit == "months" else 1)
    return now() - dt.timedelta(days=days)


def kinds_of(tenant: Any) -> list[Kind]:
    """The kinds that this tenant has."""
    apps = {"core", "accounts", *tenant.apps}
    return [kind for kind in KINDS.values() if kind.app in apps]


@contextmanager
def lock(tenant: Any) -> Iterator[bool]:
    """Whether this process alone may run; the lock ends with the process at the latest."""
    number = int.from_bytes(tenant.pk.bytes[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        got = bool(cursor.fetchone()[0])
        try:
            yield got
        finally:
            if got:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def run(
    tenant: Any, *, seconds: float = 3600, batch: int = BATCH, by: Any = None
) -> RetentionRun | None:
    """Erases what is due, or goes on with a run that was interrupted.

    Gives the run, unfinished when the `seconds` did not suffice; None while another one
    is at it.
    """
    end = time.monotonic() + seconds
    with lock(tenant) as alone:
        if not alone:
            return None
        one, new = RetentionRun.objects.get_or_create(
            tenant=tenant, finished_at=None, defaults={"asked_by": by}
        )
        if new:
            _journal(one, "retention.started")
        if all(_kind(one, kind, end, batch) for kind in kinds_of(tenant)):
            _finish(one)
    return one


def _kind(run: RetentionRun, kind: Kind, end: float, batch: int) -> bool:
    """All batches of a kind; False when the time is over."""
    for rows in kind.due(run.tenant):
        last = None
        while time.monotonic() < end:
            last = _batch(run, kind, rows, last, batch)
            if last is None:
                break
        else:
            return False
    return True


@transaction.atomic
def _batch(
    run: RetentionRun, kind: Kind, rows: "QuerySet[Any]", last: Any, size: int
) -> Any:
    """One batch behind `last`; gives the last id of it, None when nothing is left."""
    rest = (
        rows.order_by("pk") if last is None else rows.order_by("pk").filter(pk__gt=last)
    )
    locked = rest.select_for_update(of=("self",), skip_locked=True)
    pks = list(locked.values_list("pk", flat=True)[:size])
    if not pks:
        return None
    done = kind.act(run.tenant, rows.model, pks)
    if kind.model:
        note(run.tenant, kind.key, done)
    run.counts[kind.key] = run.counts.get(kind.key, 0) + len(done)
    run.save(update_fields=["counts"])
    return pks[-1]


def note(tenant: Any, kind: str, pks: Iterable[uuid.UUID]) -> None:
    """Puts erased records on the list."""
    Erasure.objects.bulk_create(
        [Erasure(tenant=tenant, kind=kind, subject_id=pk) for pk in pks],
        ignore_conflicts=True,
    )


def _finish(run: RetentionRun) -> None:
    removed = sweep_files()
    if removed:
        run.counts["files"] = removed
    write_list()
    run.finished_at = now()
    run.save(update_fields=["finished_at", "counts"])
    _journal(run, "retention.done")
    log.info("retention.done", tenant=run.tenant.slug, **run.counts)


def _journal(run: RetentionRun, action: str) -> None:
    journal.record(
        action,
        tenant_id=run.tenant_id,
        actor_id=run.asked_by_id,
        subject=run,
        detail=dict(run.counts),
    )


# Files ------------------------------------------------------------------------------------------
HOLDERS: list[
    Callable[[], Iterable[str]]
] = []  # each gives the paths that its rows hold


def sweep_files() -> int:
    """Removes files that no row holds: a process died between the row's end and the file's."""
    found = {path for folder in FOLDERS for path in _files(folder)}
    if not found:
        return 0
    for paths in HOLDERS:
        found -= set(paths())
    for path in found:
        default_storage.delete(path)
    return len(found)


def _files(folder: str) -> Iterator[str]:
    """Those older than a day: a file is written before its row."""
    if not default_storage.exists(folder):
        return
    for name in default_storage.listdir(folder)[1]:
        path = f"{folder}/{name}"
        if default_storage.get_modified_time(path) < now() - FILES_OLDER_THAN:
            yield path


# A restored backup ------------------------------------------------------------------------------
def lines() -> list[str]:
    """The list of erasures: one record a line, no names."""
    rows = Erasure.objects.order_by("pk").values_list("kind", "subject_id", "at")
    return [
        json.dumps({"kind": kind, "id": str(pk), "at": at.date().isoformat()})
        for kind, pk, at in rows
    ]


def write_list() -> None:
    """Writes the list beside the files: a restored database knows it not yet."""
    target = Path(default_storage.path(LIST))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines())
    Path(temporary).replace(target)


@transaction.atomic
def apply_list(listed: Iterable[str]) -> dict[str, int]:
    """Erases anew what a list names, in a database that was restored; gives counts by kind."""
    wanted: dict[str, list[uuid.UUID]] = {}
    for line in listed:
        row = json.loads(line)
        wanted.setdefault(row["kind"], []).append(uuid.UUID(row["id"]))
    return {
        key: _again(kind, wanted[key]) for key, kind in KINDS.items() if key in wanted
    }


def _again(kind: Kind, pks: list[uuid.UUID]) -> int:
    """By tenant, for the act is the tenant's; a row that was erased already stays so."""
    model = kind.model
    assert model is not None  # noqa: S101 (only kinds with a model are on the list)
    rows = model._default_manager.filter(pk__in=pks).select_related("tenant")
    by_tenant: dict[Any, list[Any]] = {}
    for row in rows:
        by_tenant.setdefault(row.tenant, []).append(row.pk)  # type: ignore[attr-defined]
    for tenant, found in by_tenant.items():
        note(tenant, kind.key, kind.act(tenant, model, found))
    return sum(len(found) for found in by_tenant.values())
