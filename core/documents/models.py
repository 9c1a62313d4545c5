"""A document asked for, rendered or not."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentState(models.TextChoices):
    """Where a document is."""

    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be made")


class Document(models.Model):
    """A PDF of one kind about one thing in one language; the same facts make it once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField(db_index=True)
    language = models.CharField(max_length=8)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(
        max_length=7, choices=DocumentState.choices, default=DocumentState.WAITING
    )
    path = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    rendered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "core"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject_id", "language", "fingerprint"],
                name="document_once",
            )
        ]
