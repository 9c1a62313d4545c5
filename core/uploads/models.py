"""A file that came in through the gate."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tenancy import TenantOwned


class ScanState(models.TextChoices):
    """What the scanner for malware has said."""

    UNSCANNED = "unscanned", _("Not scanned: no scanner is set up")
    PENDING = "pending", _("Waiting for the scanner")
    CLEAN = "clean", _("Nothing found")
    INFECTED = "infected", _("Malware found")


class StoredFile(TenantOwned):
    """A file under a random name outside the web root; `name` is what the person called it."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=120)
    scan = models.CharField(
        max_length=9, choices=ScanState.choices, default=ScanState.UNSCANNED
    )
    owner_id = models.UUIDField()
    created_by_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_opened(self) -> bool:
        """Never before a scanner that is set up has found nothing."""
        return self.scan in {ScanState.UNSCANNED, ScanState.CLEAN}
