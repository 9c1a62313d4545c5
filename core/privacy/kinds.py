"""What the core itself erases: messages, documents, uploads, notes of the journal."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.documents.models import Document
from core.journal import JournalNote
from core.messages.models import OutgoingMessage
from core.privacy.models import AccessFile
from core.privacy.retention import HOLDERS, Kind, before, register
from core.privacy.subjects import held_ids
from core.uploads.models import StoredFile


def _messages(tenant: Any) -> Iterable["QuerySet[Any]"]:
    # Whatever their state: the sender gives up after two days, a month is the least here.
    rows = OutgoingMessage.objects.filter(
        tenant=tenant, created_at__lt=before(tenant, "core.messages")
    )
    kept = OutgoingMessage.objects.filter(tenant=tenant).about(held_ids(tenant))
    return [rows.exclude(pk__in=kept)]


def _documents(tenant: Any) -> Iterable["QuerySet[Any]"]:
    rows = Document.objects.filter(
        tenant=tenant, created_at__lt=before(tenant, "core.documents")
    )
    return [rows.exclude(subject_id__in=held_ids(tenant))]


def _uploads(tenant: Any) -> Iterable["QuerySet[Any]"]:
    """Uploads that no record refers to any more."""
    rows = StoredFile.objects.of(tenant).filter(
        created_at__lt=before(tenant, "core.uploads")
    )
    # The hidden ones, too: a relation without a way back is a relation.
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        model, name = relation.related_model, relation.field.name
        holders = model._default_manager.filter(**{name: OuterRef("pk")})
        rows = rows.exclude(Exists(holders))
    return [rows]


def _access_files(tenant: Any) -> Iterable["QuerySet[Any]"]:
    limit = before(tenant, "core.access")
    return [AccessFile.objects.filter(tenant=tenant, asked_at__lt=limit)]


def _notes(tenant: Any) -> Iterable["QuerySet[Any]"]:
    rows = JournalNote.objects.filter(
        entry__tenant_id=tenant.pk, entry__at__lt=before(tenant, "core.notes")
    )
    return [rows.exclude(Q(entry__subject_id__in=held_ids(tenant)))]


def delete_with_files(tenant: Any, model: type[Model], pks: list[Any]) -> list[Any]:
    """The rows go now, their files once that is certain."""
    rows = model._default_manager.filter(pk__in=pks)
    paths = [path for path in rows.values_list("path", flat=True) if path]
    rows.delete()
    transaction.on_commit(partial(remove, paths), robust=True)
    return pks


def remove(paths: list[str]) -> None:
    """Removes files; one that is not there any more does not matter."""
    for path in paths:
        default_storage.delete(path)


def _paths(model: type[Model]) -> Iterable[str]:
    return model._default_manager.values_list("path", flat=True)


HOLDERS += [
    partial(_paths, StoredFile),
    partial(_paths, Document),
    partial(_paths, AccessFile),
]
register(
    Kind(
        "core.access",
        _("Answers to requests for access"),
        _("Deleted with their zip."),
        _access_files,
        7,
        "days",
        delete_with_files,
    )
)
register(
    Kind(
        "core.messages",
        _("Messages"),
        _("Deleted with their text and address."),
        _messages,
        6,
    )
)
register(
    Kind(
        "core.documents",
        _("Letters and forms as PDF"),
        _("Deleted; made anew when somebody asks for them."),
        _documents,
        30,
        "days",
        delete_with_files,
    )
)
register(
    Kind(
        "core.uploads",
        _("Uploads without a record"),
        _("Deleted with their files."),
        _uploads,
        1,
        "days",
        delete_with_files,
    )
)
register(
    Kind(
        "core.notes",
        _("Notes in the journal"),
        _("What was written about an identity check is deleted; the line stays."),
        _notes,
        24,
    )
)
