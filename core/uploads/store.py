"""Keeping what passed the gate, and the only door out."""

import hashlib
import uuid
from functools import partial
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404

from core.uploads import scanner
from core.uploads.gate import judge
from core.uploads.models import ScanState, StoredFile

SANDBOX = "default-src 'none'; sandbox"


def accept(
    upload: "UploadedFile[bytes]", *, tenant: Any, owner_id: uuid.UUID, by: uuid.UUID
) -> StoredFile:
    """Judges and keeps an upload; raises UploadRefused with the reason."""
    kind = judge(upload.file, upload.size or 0)  # type: ignore[arg-type]
    upload.seek(0)
    digest = hashlib.file_digest(upload.file, "sha256").hexdigest()  # type: ignore[arg-type]
    upload.seek(0)
    name = f"uploads/{uuid.uuid4().hex}"
    path = default_storage.save(name, File(upload.file))
    stored = StoredFile.objects.create(
        tenant=tenant,
        name=_harmless(upload.name or ""),
        kind=kind,
        size=upload.size or 0,
        sha256=digest,
        path=path,
        owner_id=owner_id,
        created_by_id=by,
        scan=scanner.first_state(),
    )
    if stored.scan == ScanState.PENDING:
        transaction.on_commit(partial(_wake_scanner, stored.pk), robust=True)
    return stored


def _wake_scanner(pk: uuid.UUID) -> None:
    from core.tasks import scan_upload, wake  # noqa: PLC0415 (tasks import us)

    wake(scan_upload, str(pk))


def discard(stored: StoredFile) -> None:
    """Deletes the row now and the file once that is certain."""
    path = stored.path
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def serve(stored: StoredFile) -> FileResponse:
    """The file to keep, never to be run by a browser (TRUST §2.6)."""
    if not stored.may_be_opened:
        raise Http404
    response = FileResponse(
        default_storage.open(stored.path),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.kind,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response


def _harmless(name: str) -> str:
    """What the person called the file, without what a file system or a header minds."""
    kept = "".join(c for c in name.replace("\\", "/").split("/")[-1] if c.isprintable())
    return kept.strip(". ")[-120:] or "document"
