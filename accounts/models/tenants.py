"""A tenant: an authority with its host names, its look and its settings."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

COLOUR = RegexValidator(r"^#[0-9a-f]{6}$", _("Write a colour as #96182b."))


# Public pages to which an operator adds a text of the authority's own.
PAGES = ("help", "accessibility", "privacy", "legal")


def default_languages() -> list[str]:
    return ["fr", "de"]


class Tenant(models.Model):  # type: ignore[django-manager-missing]
    """An authority: everything of one tenant is invisible to all others (DESIGN §4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120, help_text="« Canton de Berne »")
    office = models.CharField(max_length=160, help_text="the office responsible")
    tool_title = models.CharField(max_length=80, help_text="« Outil de réservation »")
    tool_purpose = models.CharField(max_length=160, blank=True)
    accent = models.CharField(max_length=7, default="#16417c", validators=[COLOUR])
    accent_strong = models.CharField(
        max_length=7, default="#0e2c57", validators=[COLOUR]
    )
    logo = models.CharField(
        max_length=80, default="logos/perron.svg", help_text="path of a static file"
    )
    logo_digest = models.CharField(
        max_length=16, blank=True, help_text="of the picture that the operator uploaded"
    )
    languages = ArrayField(models.CharField(max_length=8), default=default_languages)
    time_zone = models.CharField(max_length=40, default="Europe/Zurich")
    country = models.CharField(max_length=2, default="CH")
    canton = models.CharField(max_length=2, default="BE")
    apps = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    second_factor_required = models.BooleanField(default=True)
    settings = models.JSONField(default=dict, blank=True)
    terms = models.ForeignKey(
        "accounts.Terms",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the version of the terms of use in force",
    )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the desks."""
        return ZoneInfo(self.time_zone)

    @property
    def support(self) -> dict[str, str]:
        """Whom to ask: e-mail and phone, as the operator set them."""
        names = ("email", "phone")
        return {name: self.settings.get(f"support.{name}", "") for name in names}

    @property
    def logo_url(self) -> str:
        """Where browsers find the logo: the operator's picture, else a drawing of ours."""
        if self.logo_digest:
            return reverse("logo", args=[self.logo_digest])
        return static(self.logo)

    @property
    def texts(self) -> dict[str, str]:
        """What the operator wrote for each public page, in the language of the screen."""
        found = {}
        for page in PAGES:
            wanted = (get_language() or "fr", *self.languages)
            texts = (self.settings.get(f"text.{page}.{one}", "") for one in wanted)
            found[page] = next((text for text in texts if text), "")
        return found

    def setting(self, name: str, default: Any) -> Any:
        """A setting of an app, such as "booking.hold_hours"."""
        return self.settings.get(name, default)


class TenantLogo(models.Model):
    """The picture that stands for the authority; not in the tenant, which every request reads."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="+")
    png = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.tenant}"


class TenantHost(models.Model):
    """A host name that leads to a tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.host
