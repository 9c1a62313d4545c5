"""The answer to a request for access: everything on one person as a zip (TRUST §5).

`dossier.html` for people, `dossier.json` for machines, the files and letters, and who looked.
"""

import io
import json
import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from core import journal
from core.dates import now
from core.documents.models import Document
from core.journal import JournalEntry
from core.messages import reading
from core.messages.models import OutgoingMessage
from core.privacy.models import AccessFile
from core.privacy.subjects import SUBJECTS, Dossier, Section, names
from core.uploads.models import StoredFile

FOLDER = "access"
# What would let somebody in is not data about a person, and is nobody's to have.
SECRET = {"password", "sealed_seed", "token_hash", "code_hash", "session_key",
          "session_data", "feed_hash", "path", "last_step"}  # fmt: skip
MOST_LINES = 5_000


def section(title: Any, rows: Any, labels: dict[str, Any] | None = None) -> Section:
    """A table's rows about the person, every column but secrets."""
    return Section(title, [facts(row) for row in rows], labels or {})


def facts(row: models.Model) -> dict[str, Any]:
    """All columns of a row, by their names; relations by id."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in SECRET
    }


def of(user: Any) -> "QuerySet[AccessFile]":
    """Those that somebody asked for, and only this person may have; the newest first."""
    rows = AccessFile.objects.filter(tenant=user.tenant_id, asked_by=user)
    return rows.order_by("-asked_at", "pk")


def make(pk: uuid.UUID) -> None:
    """Writes the zip of a request: under its final name only when whole, the row last."""
    row = AccessFile.objects.select_related("tenant").filter(pk=pk, path="").first()
    subject = SUBJECTS.get(row.kind) if row else None
    if row is None or subject is None:
        return
    with translation.override(row.language):
        dossier = subject.dossier(row.tenant, row.subject_id)
        if dossier is None:
            AccessFile.objects.filter(pk=pk).update(failed_at=now())
            return
        ids = subject.ids(row.tenant, row.subject_id)
        content = _zip(row, _whole(row.tenant, dossier, ids))
    name = f"{FOLDER}/{row.pk}.zip"
    _store(name, content)
    AccessFile.objects.filter(pk=pk).update(
        path=name, ready_at=now(), size=len(content)
    )


def make_waiting() -> None:
    """Makes those whose wake-up was lost."""
    waiting = AccessFile.objects.filter(path="", failed_at=None)
    for pk in waiting.order_by("asked_at").values_list("pk", flat=True)[:20]:
        make(pk)


def _whole(tenant: Any, dossier: Dossier, ids: set[uuid.UUID]) -> Dossier:
    """The app's own rows, and what the core knows about the same records."""
    messages = OutgoingMessage.objects.filter(tenant=tenant).about(ids)
    dossier.sections.append(_messages(messages))
    letters = Document.objects.filter(tenant=tenant, subject_id__in=ids)
    uploads = StoredFile.objects.filter(tenant=tenant, owner_id__in=ids)
    dossier.sections += [
        section(gettext_lazy("Letters"), letters),
        section(gettext_lazy("Files uploaded"), uploads),
        _accesses(tenant, ids),
    ]
    for letter in letters.exclude(path=""):
        dossier.files[f"letters/{letter.kind}-{letter.pk}.pdf"] = letter.path
    for upload in uploads:
        dossier.files[f"files/{upload.pk}-{upload.name}"] = upload.path
    return dossier


def _messages(rows: Any) -> Section:
    """What was written to the person, without what would let somebody in."""
    found = []
    for row in rows.order_by("created_at"):
        row.text = reading.readable(row)
        row.html = reading.mask(row.html)
        found.append(row)
    return section(gettext_lazy("Messages"), found)


def _accesses(tenant: Any, ids: set[uuid.UUID]) -> Section:
    """Who did or read what about the person, in words."""
    lines = JournalEntry.objects.filter(tenant_id=tenant.pk, subject_id__in=ids)
    rows = list(lines.select_related("note").order_by("-id")[:MOST_LINES])
    people = names(tenant, {row.actor_id for row in rows if row.actor_id})
    return Section(
        gettext_lazy("Who has looked, and what was done"),
        [
            {
                "at": row.at,
                "by": people.get(row.actor_id, "") if row.actor_id else "",
                "act": str(journal.called(row.action)),
                "note": row.note.text if hasattr(row, "note") else "",
            }
            for row in rows
        ],
        {
            "at": gettext_lazy("Moment"),
            "by": gettext_lazy("Who"),
            "act": gettext_lazy("Act"),
            "note": gettext_lazy("Note"),
        },
    )


def _zip(row: AccessFile, dossier: Dossier) -> bytes:
    sections = [one for one in dossier.sections if one.rows]
    page = {
        "name": dossier.name,
        "tenant": row.tenant,
        "made_at": now(),
        "language": row.language,
        "sections": [(one.title, _read(one)) for one in sections],
        "files": sorted(dossier.files),
    }
    data = {
        "name": dossier.name,
        "made_at": now(),
        "sections": {str(one.title): one.rows for one in sections},
        "files": sorted(dossier.files),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dossier.html", render_to_string("core/dossier.html", page))
        archive.writestr(
            "dossier.json",
            json.dumps(data, cls=Plain, ensure_ascii=False, indent=2),
        )
        for name, path in dossier.files.items():
            if default_storage.exists(path):
                with default_storage.open(path) as file:
                    archive.writestr(_inside(name), file.read())
    return out.getvalue()


def _inside(name: str) -> str:
    """A name that no program takes for a place elsewhere on the disk."""
    return "/".join(part for part in name.split("/") if part.strip(". "))


def _read(one: Section) -> list[list[tuple[Any, Any]]]:
    """Rows for people: labelled columns, or all where nobody labelled any; no empty ones."""
    rows = []
    for row in one.rows:
        shown = one.labels or {name: name.replace("_", " ") for name in row}
        rows.append(
            [(label, row[name]) for name, label in shown.items() if row.get(name)]
        )
    return rows


class Plain(DjangoJSONEncoder):
    """What JSON knows not (a country, a lazy text) as its text."""

    def default(self, o: Any) -> Any:
        """Moments and ids as Django does; else the text."""
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def _store(name: str, content: bytes) -> None:
    target = Path(default_storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(target)
