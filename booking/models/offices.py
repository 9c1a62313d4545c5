"""What booking knows of organisations: offices and communes; and what the operator sets up."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.languages import language_name
from core.tenancy import TenantOwned


class Office(TenantOwned):  # type: ignore[django-manager-missing]
    """An integration office (« antenne d'intégration », ADI)."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="office"
    )
    street = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    town = models.CharField(max_length=80, blank=True)
    # Structured, for it is printed in sixteen languages: days of the week 1–7, hours.
    reachable_from = models.TimeField(null=True, blank=True)
    reachable_until = models.TimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.organisation.name


class Commune(TenantOwned):
    """A commune that sends clients; it has one office of reference."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="commune"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="communes"
    )
    postcode = models.CharField(max_length=10)

    def __str__(self) -> str:
        return self.organisation.name


class InterviewLanguage(TenantOwned):
    """A language in use in this authority, spoken by counsellors or interpreters."""

    code = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"],
                name="interview_language_once",
                violation_error_message=_("This language is in use already."),
            )
        ]

    def __str__(self) -> str:
        return language_name(self.code)


class ReferralType(TenantOwned):
    """« Type d'envoi », such as « Envoi obligatoire »."""

    name = models.CharField(max_length=80)
    mandatory = models.BooleanField(
        default=False, help_text="must take place within the weeks set (BKG-015)"
    )
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Place(TenantOwned):
    """Where interviews take place, with the way there as an invitation tells it."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="places")
    name = models.CharField(max_length=80)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=10)
    town = models.CharField(max_length=80)
    room = models.CharField(max_length=80, blank=True)
    access_note = models.CharField(max_length=200, blank=True)
    # The way as a line (LOOK, Print): from a station by a bus to a stop, then on foot.
    station = models.CharField(max_length=80, blank=True)
    line = models.CharField(max_length=20, blank=True, help_text="« 4 »")
    ride_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    stop = models.CharField(max_length=80, blank=True)
    walk_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Counsellor(TenantOwned):
    """A person who advises, in an office, in some languages."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, related_name="counsellor"
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="counsellors"
    )
    languages = ArrayField(models.CharField(max_length=8), default=list)
    # The secret of the private calendar feed, hashed; empty: no feed (BKG-051).
    feed_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        name = f"{self.user.last_name} {self.user.first_name}".strip()
        return name or str(self.user)


class InformationSheet(TenantOwned):
    """« Fiche d'information » in one language; paragraphs separated by empty lines."""

    language = models.CharField(max_length=8)
    title = models.CharField(max_length=160)
    body = models.TextField(max_length=20_000)
    proofread_by = models.CharField(max_length=120, blank=True)
    proofread_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "language"],
                name="information_sheet_once_per_language",
                violation_error_message=_("This language has a sheet already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"
