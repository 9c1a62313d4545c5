"""Runs of retention, what they erased, and what must not be erased."""

import datetime as dt
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.dates import now

GOOD_FOR = dt.timedelta(hours=24)  # an answer to a request for access


class RetentionRun(models.Model):
    """One run over a tenant; not finished: the next one goes on where it was killed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.PROTECT, related_name="retention_runs"
    )
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    # Kind → how many rows; written with each batch, in its transaction.
    counts = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        app_label = "core"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                name="retention_one_at_a_time",
                condition=models.Q(finished_at=None),
                violation_error_message=_("It is running already."),
            )
        ]

    @property
    def total(self) -> int:
        """How many rows, of all kinds."""
        return sum(self.counts.values())


class AboutSomebody(models.Model):
    """Which kind of person (`core.privacy.subjects`) or record, and which one."""

    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()

    class Meta:
        abstract = True


class Erasure(AboutSomebody):
    """The id of a record whose person was erased: a restored backup is erased again by it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=now)

    class Meta:
        app_label = "core"
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="erased_once")
        ]


class LegalHold(AboutSomebody):
    """Somebody's records stay, whatever their age, until the hold is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField(default=now)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "core"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                name="legal_hold_once",
                condition=models.Q(lifted_at=None),
                violation_error_message=_("This person's data is held already."),
            )
        ]


class AccessFile(AboutSomebody):
    """Somebody's request for access: asked, made, downloadable for some days by who asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(max_length=8)
    asked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=now)
    ready_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    path = models.CharField(max_length=120, blank=True)
    size = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "core"
        indexes = [models.Index(fields=["subject_id"], name="access_by_subject")]

    @property
    def until(self) -> dt.datetime | None:
        """Until when it may be downloaded; None while there is nothing."""
        return self.ready_at + GOOD_FOR if self.ready_at and self.path else None

    @property
    def is_good(self) -> bool:
        """Whether it may be downloaded now."""
        return self.until is not None and now() < self.until
