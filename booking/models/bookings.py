"""A commune's booking: the date, the client, the documents, and every change of it."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import Membership, Organisation, User
from booking.access import COMMUNE, COUNSELLOR, OFFICE_ADMIN
from booking.models.offices import ReferralType
from booking.models.slots import Slot
from booking.states import (
    DEFINITIVE,
    OCCUPYING,
    TO_CONFIRM,
    BookingState,
    InterpreterSearch,
)
from core.tenancy import TenantOwned, TenantQuerySet
from core.uploads.models import StoredFile


class Salutation(models.TextChoices):
    """« Formule d'appel »."""

    MRS = "mrs", _("Mrs")
    MR = "mr", _("Mr")
    NONE = "none", _("No salutation")


class BookingQuerySet(TenantQuerySet):
    """Bookings, as far as one may see them."""

    def visible_to(self, membership: Membership) -> Self:
        """A commune sees its own; an office those at its own dates; the operator none."""
        rows = self.of(membership.tenant)
        if membership.role == COMMUNE:
            return rows.filter(commune=membership.organisation)
        if membership.role == OFFICE_ADMIN:
            return rows.filter(
                slot__office__organisation=membership.organisation,
                state__in=DEFINITIVE,
            )
        if membership.role == COUNSELLOR:
            return rows.filter(
                slot__counsellor__user=membership.user, state__in=DEFINITIVE
            )
        return rows.none()

    def to_confirm(self) -> Self:
        """Those not confirmed yet (BKG-034)."""
        return self.filter(state__in=TO_CONFIRM)

    def with_facts(self) -> Self:
        """All that a screen or a document of one booking shows, in one query."""
        return self.select_related(
            "tenant",
            "commune",
            "created_by",
            "referral_type",
            "form_file",
            "slot__place",
            "slot__office__organisation",
            "slot__counsellor__user",
        )


class Booking(TenantOwned):
    """« Réservation ». Its id is also the source of the counsellor's occupancy."""

    commune = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="bookings"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    state = models.CharField(
        max_length=12, choices=BookingState.choices, default=BookingState.TAKEN
    )
    held_until = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Counts up with each calendar entry sent (RFC 5545 SEQUENCE).
    sequence = models.PositiveIntegerField(default=0)

    with_interpreter = models.BooleanField(default=False)
    language = models.CharField(max_length=8, blank=True)
    interpreter_language = models.CharField(max_length=8, blank=True)
    referral_type = models.ForeignKey(
        ReferralType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    remark = models.TextField(max_length=2000, blank=True)

    salutation = models.CharField(max_length=4, choices=Salutation.choices, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    nationality = CountryField(blank=True)
    birth_date = models.DateField(null=True, blank=True)
    symic_number = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email_information = models.BooleanField(default=False)
    email = models.EmailField(blank=True)

    personal_data = models.JSONField(default=dict, blank=True)
    form_file = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sheet_language = models.CharField(max_length=8, blank=True)
    invitation_language = models.CharField(max_length=8, blank=True)

    reminded_at = models.DateTimeField(null=True, blank=True)
    office_note = models.TextField(max_length=2000, blank=True)
    interpreter_search = models.CharField(
        max_length=8,
        choices=InterpreterSearch.choices,
        default=InterpreterSearch.TO_FIND,
    )
    interpreter_name = models.CharField(max_length=120, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=models.Q(state__in=OCCUPYING),
                name="date_taken_once",
                violation_error_message=_("This date has just been taken."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=TO_CONFIRM, held_until__isnull=False)
                | (~models.Q(state__in=TO_CONFIRM) & models.Q(held_until=None)),
                name="booking_held_until_a_moment",
                violation_error_message=_(
                    "A booking that is not confirmed has a deadline."
                ),
            ),
            models.CheckConstraint(
                condition=~models.Q(state=BookingState.CONFIRMED)
                | models.Q(anonymised_at__isnull=False)
                | (
                    models.Q(confirmed_at__isnull=False)
                    & ~models.Q(last_name="")
                    & ~models.Q(first_name="")
                ),
                name="booking_confirmed_whole",
                violation_error_message=_("A confirmed booking names its client."),
            ),
            models.CheckConstraint(
                condition=models.Q(with_interpreter=True)
                | models.Q(interpreter_language=""),
                name="interpreter_language_with_interpreter",
                violation_error_message=_(
                    "An interpreter's language needs an interpreter."
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["commune", "state"], name="booking_by_commune"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip() or str(self.pk)

    @property
    def client_name(self) -> str:
        """First and last name, as one writes them on a letter."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def has_form(self) -> bool:
        """Whether the « Formulaire Données personnelles complémentaires » is there."""
        return self.form_file_id is not None or bool(self.personal_data)

    @property
    def is_to_confirm(self) -> bool:
        """Whether « Confirmer » is still due."""
        return self.state in TO_CONFIRM


class BookingEvent(models.Model):
    """One change of a booking: who, when, what. Written with the change, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(
        Booking, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    what = models.CharField(max_length=40)
    # Names of the fields that were changed, never what stood in them.
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ("at", "id")
