"""What the operator decides about personal data: how long it stays, what must stay."""

import datetime as dt
import time
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import Membership, Tenant
from core import journal
from core.dates import now
from core.db import refusing_with_sentences
from core.privacy import retention
from core.privacy.models import AccessFile, LegalHold, RetentionRun
from core.privacy.subjects import Found
from core.tasks import make_access_file, wake

A_DAY = dt.timedelta(hours=24)


def go_on(*, seconds: float) -> None:
    """For each tenant: goes on with the run that is not finished, or begins the day's."""
    end = time.monotonic() + seconds
    for tenant in Tenant.objects.order_by("pk"):
        runs = RetentionRun.objects.filter(tenant=tenant)
        recent = runs.filter(finished_at__isnull=False, started_at__gt=now() - A_DAY)
        if runs.filter(finished_at=None).exists() or not recent.exists():
            retention.run(tenant, seconds=max(end - time.monotonic(), 0))


@transaction.atomic
def save_lengths(*, by: Membership, lengths: dict[str, int]) -> None:
    """How long each kind stays: setting's name → months or days."""
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=by.tenant_id)
    before = {name: tenant.settings.get(name) for name in lengths}
    tenant.settings |= lengths
    tenant.save(update_fields=["settings"])
    changed = {name: value for name, value in lengths.items() if value != before[name]}
    journal.record(
        "retention.settings_saved",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=tenant,
        detail=changed,
    )


def ask_for_run(*, by: Membership) -> None:
    """The operator does not want to wait for the night. Raises Refusal while one runs."""
    with refusing_with_sentences(), transaction.atomic():
        RetentionRun.objects.create(tenant=by.tenant, asked_by=by.user)
        journal.record(
            "retention.started",
            tenant_id=by.tenant_id,
            actor_id=by.user_id,
            subject=by.tenant,
        )


def hold(*, by: Membership, found: Found, reason: str) -> LegalHold:
    """This person's records stay until the hold is lifted. Raises Refusal when they do."""
    with refusing_with_sentences(), transaction.atomic():
        row = LegalHold.objects.create(
            tenant=by.tenant,
            kind=found.kind,
            subject_id=found.pk,
            reason=reason,
            set_by=by.user,
        )
        _note("hold.set", by, row)
    return row


@transaction.atomic
def ask_for_data(*, by: Membership, found: Found, language: str) -> AccessFile:
    """Everything on this person as a zip, put together by the worker."""
    row = AccessFile.objects.create(
        tenant=by.tenant,
        kind=found.kind,
        subject_id=found.pk,
        language=language,
        asked_by=by.user,
    )
    _about("access.asked", by, row)
    transaction.on_commit(partial(wake, make_access_file, str(row.pk)), robust=True)
    return row


def note_download(*, by: Membership, row: AccessFile) -> None:
    """The operator takes the zip away."""
    _about("access.downloaded", by, row)


def _about(action: str, by: Membership, row: AccessFile) -> None:
    """In the journal the line is about the person, not about the file."""
    journal.record(
        action,
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject_id=row.subject_id,
        detail={"kind": row.kind},
    )


@transaction.atomic
def lift(*, by: Membership, row: LegalHold) -> None:
    """The hold ends: the records go with the next run if their time is over."""
    standing = LegalHold.objects.filter(pk=row.pk, lifted_at=None)
    if standing.update(lifted_at=now()):
        _note("hold.lifted", by, row)


def _note(action: str, by: Membership, row: Any) -> None:
    journal.record(
        action,
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=row,
        detail={"kind": row.kind, "person": str(row.subject_id)},
    )
