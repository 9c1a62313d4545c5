"""Asking for documents and rendering them. A kind is registered by the app that knows it."""

import datetime as dt
import os
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_noop

from core.dates import now
from core.documents.models import Document, DocumentState
from core.documents.pdf import Letter, TooLong, render_pdf

log = structlog.get_logger(__name__)

# Kept in the row as message ids; the page shows them in the reader's language.
TOO_LONG = gettext_noop("The texts are too long. Shorten them, then try again.")
FAULT = gettext_noop("We have noted the fault. Try again in a few minutes.")

Maker = Callable[[uuid.UUID, str], Letter]
_makers: dict[str, Maker] = {}


def kind(name: str) -> Callable[[Maker], Maker]:
    """Registers the function that makes a kind's letter from subject id and language."""

    def register(maker: Maker) -> Maker:
        _makers[name] = maker
        return maker

    return register


def request(
    *, tenant: Any, kind: str, subject_id: uuid.UUID, language: str
) -> Document:
    """The document as it would be printed now; asked of the worker when it is new.

    Other words or another layout make another document. One that failed is tried anew when it is asked for again.
    """
    with transaction.atomic():
        document, new = Document.objects.get_or_create(
            tenant=tenant,
            kind=kind,
            subject_id=subject_id,
            language=language,
            fingerprint=_makers[kind](subject_id, language).fingerprint(),
        )
        if document.state == DocumentState.FAILED:
            document.state, new = DocumentState.WAITING, True
            document.save(update_fields=["state"])
        if new:
            transaction.on_commit(partial(_wake, document.pk), robust=True)
    return document


def _wake(pk: uuid.UUID) -> None:
    from core.tasks import render_document, wake  # noqa: PLC0415 (tasks import us)

    wake(render_document, str(pk))


def render_waiting() -> None:
    """Renders what was asked for a while ago and is still not there."""
    since = now() - dt.timedelta(seconds=30)
    waiting = Document.objects.filter(state=DocumentState.WAITING, created_at__lt=since)
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:200]:
        render(pk)


def render(pk: uuid.UUID) -> None:
    """Renders one document: file first, under its final name only when whole, row last."""
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(pk=pk, state=DocumentState.WAITING)
            .first()
        )
        if document is None:
            return
        try:
            letter = _makers[document.kind](document.subject_id, document.language)
            document.path = _store(document, render_pdf(letter))
        except TooLong:
            log.warning("document.too_long", document=str(pk), kind=document.kind)
            _fail(document, TOO_LONG)
        except Exception:
            log.exception("document.failed", document=str(pk), kind=document.kind)
            _fail(document, FAULT)
        else:
            document.state = DocumentState.READY
            document.rendered_at = now()
        document.save()


def _fail(document: Document, reason: str) -> None:
    document.state = DocumentState.FAILED
    document.error = reason[:200]


def _store(document: Document, content: bytes) -> str:
    name = f"documents/{document.pk}.pdf"
    target = Path(default_storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(target)
    return name
