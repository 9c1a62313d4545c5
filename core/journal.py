"""The journal: who did, read, downloaded, exported, printed what, and when (DESIGN §4).

Rows are only ever added: a trigger refuses everything else, and a seal a day shows what got
past it (core.journal_seals). No feature reads them but the operator's search
(core.journal_search).
"""

import uuid
from contextvars import ContextVar
from typing import Any

import structlog
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from core.errors import Sentence

# What each act is called on the screen; the apps say it in their acts.py.
ACTS: dict[str, Sentence] = {}
# The address of whoever makes the present request (core.middleware).
asking_from: ContextVar[str | None] = ContextVar("asking_from", default=None)


class JournalEntry(models.Model):
    """One act. It names no content, only who, what kind, which object, when, from where."""

    id = models.BigAutoField(primary_key=True)
    tenant_id = models.UUIDField(db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        app_label = "core"
        indexes = [
            models.Index(fields=["tenant_id", "-id"], name="journal_by_tenant"),
            models.Index(fields=["subject_id", "at"], name="journal_by_subject"),
            models.Index(fields=["actor_id", "at"], name="journal_by_actor"),
            # A few kilobytes for any number of lines: they lie on the disk by their time.
            BrinIndex(fields=["at"], name="journal_by_time", autosummarize=True),
        ]


class JournalNote(models.Model):
    """What a person wrote about an act, such as how somebody was recognised.

    It may name people, so it stands apart: the journal stays, the note goes with its time.
    """

    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="note"
    )
    text = models.CharField(max_length=500)

    class Meta:
        app_label = "core"


def call(acts: dict[str, Sentence]) -> None:
    """An app says what its acts are called."""
    ACTS.update(acts)


def called(action: str) -> Sentence:
    """An act in words; its code where nobody has said."""
    return ACTS.get(action, action)


def record(
    action: str,
    *,
    tenant_id: uuid.UUID,
    actor_id: uuid.UUID | None,
    subject: models.Model | None = None,
    subject_id: uuid.UUID | None = None,
    detail: dict[str, Any] | None = None,
    address: str | None = None,
    note: str = "",
) -> None:
    """Adds a line, in the transaction of the act itself.

    `subject_id` alone: the object asked for is not there. `detail` takes codes and numbers; words of people go into the `note`. The `address` is
    that of the request where none is given.
    """
    entry = JournalEntry.objects.create(
        tenant_id=tenant_id,
        actor_id=actor_id,
        action=action,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else subject_id,
        detail=detail or {},
        address=address or asking_from.get(),
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
    if note:
        JournalNote.objects.create(entry=entry, text=note[:500])
