"""The outbox."""

import uuid
from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    """Where a message is."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Parts(models.Func):
    """What stands between the colons of a text."""

    function = "STRING_TO_ARRAY"
    template = "%(function)s(%(expressions)s, ':')"
    output_field = ArrayField(models.TextField())


class MessageQuerySet(models.QuerySet["OutgoingMessage"]):
    """Rows of the outbox."""

    def about(self, ids: Iterable[uuid.UUID]) -> Self:
        """Those that are about one of these records, or to one of these people."""
        named = self.alias(parts=Parts(models.F("dedupe_key")))
        return named.filter(parts__overlap=[str(one) for one in ids])


class OutgoingMessage(models.Model):
    """One message to one address; its id makes the Message-ID, the same at every try."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=60)
    # What, about whom, to whom: parts with colons between them, ids among them (`about`).
    dedupe_key = models.CharField(max_length=200)
    channel = models.CharField(max_length=5, default="email")
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)
    calendar_method = models.CharField(max_length=10, blank=True)
    # A body that carries a link with a token is blanked once it is sent.
    sensitive = models.BooleanField(default=False)
    state = models.CharField(
        max_length=6, choices=MessageState.choices, default=MessageState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        app_label = "core"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "dedupe_key"],
                name="message_once",
                violation_error_message=_("This message is queued already."),
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="message_due",
                condition=models.Q(state=MessageState.QUEUED),
            ),
            GinIndex(Parts("dedupe_key"), name="message_about"),
        ]
