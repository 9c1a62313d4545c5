"""Forms of booking: the search, the client and the interview, the personal data on line."""

import datetime as dt
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.models import Membership, Tenant
from booking.models import Booking, Office, ReferralType
from booking.models.bookings import Salutation
from booking.personal_data import STEPS, Question, questions
from booking.queries import BookingWish, Wish, languages_in_use, offices, places
from core.dates import at, now, today
from core.forms import (
    Choices,
    DateField,
    EmailInput,
    FileInput,
    KitForm,
    Radios,
    SwitchField,
    TimeField,
    nothing_chosen,
)
from core.languages import language_choices

OLDEST = 120


class SearchForm(KitForm):
    """« Chercher une date » (BKG-011); stands in the address."""

    languages = forms.MultipleChoiceField(
        label=_("Languages of the interviews"), required=False, widget=Choices
    )
    places = forms.MultipleChoiceField(
        label=_("Places of the interviews"), required=False, widget=Choices
    )
    interpreter = SwitchField(label=_("With interpreter"))
    date = DateField(label=_("Date"))
    time = TimeField(
        label=_("From what time"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        codes = languages_in_use(tenant)
        self.fields["languages"].choices = language_choices(codes)  # type: ignore[attr-defined]
        self.fields["places"].choices = [  # type: ignore[attr-defined]
            (str(place.pk), place.name) for place in places(tenant)
        ]

    @classmethod
    def of_address(cls, data: Any, tenant: Tenant) -> "SearchForm":
        """The form as the address asks; today from midnight on where it says nothing."""
        filled = data.copy()
        filled.setdefault("date", f"{today(tenant.zone):%d.%m.%Y}")
        filled.setdefault("time", "00:00")
        filled.setdefault("interpreter", "0")
        return cls(filled, tenant=tenant)

    def wish(self) -> Wish:
        """What is looked for; with wrong input, everything from now on."""
        if not self.is_valid():
            return Wish(since=now())
        found = self.cleaned_data
        return Wish(
            since=at(found["date"], found["time"] or dt.time(), self.tenant.zone),
            languages=found["languages"],
            places=found["places"],
            with_interpreter=found["interpreter"],
        )


class WishForm(SearchForm):
    """« Me prévenir »: what a commune waits for, and until when (BKG-018)."""

    not_after = DateField(label=_("Not after"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["date"], self.fields["time"]

    def clean_not_after(self) -> dt.date:
        """A day to come, within a year."""
        day: dt.date = self.cleaned_data["not_after"]
        first = today(self.tenant.zone)
        if not first <= day <= first + dt.timedelta(days=366):
            raise ValidationError(_("Choose a day within the next twelve months."))
        return day


class CommuneForm(KitForm):
    """« Modifier les données de la commune » (BKG-006)."""

    username = forms.CharField(label=_("User name"), disabled=True, required=False)
    office = forms.ModelChoiceField(
        queryset=Office.objects.none(), label=_("Integration office"), empty_label=None
    )
    name = forms.CharField(label=_("Commune"), max_length=120)
    postcode = forms.RegexField(
        label=_("Postcode"),
        regex=r"^[1-9]\d{3}$",
        error_messages={"invalid": _("A postcode has four digits, for example 2610.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the system"),
        choices=[("fr", "Français"), ("de", "Deutsch")],
        widget=Radios,
    )
    email = forms.EmailField(label=_("E-mail"), required=False, widget=EmailInput)

    # What belongs to the commune as a whole, its administrators change.
    OF_ALL = ("office", "name", "postcode")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        commune, user = membership.organisation.commune, membership.user
        initial = {
            "username": user.username,
            "office": commune.office_id,
            "name": membership.organisation.name,
            "postcode": commune.postcode,
            "language": user.language,
            "email": user.email,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["office"].queryset = offices(membership.tenant)  # type: ignore[attr-defined]
        for name in self.OF_ALL:
            self.fields[name].disabled = not membership.administrator


class BookingFilter(KitForm):
    """« Mes réservations » in the address: whose, and which (BKG-042)."""

    q = forms.CharField(label=_("Client"), required=False, max_length=80)
    which = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("", _("All")),
            ("unconfirmed", _("Not confirmed")),
            ("to_come", _("To come")),
            ("past", _("Past")),
        ],
    )

    @classmethod
    def of_address(cls, data: Any) -> "BookingFilter":
        """The filter as the address asks; what it does not know shows all."""
        form = cls(data)
        form.is_valid()
        return form

    def wish(self) -> BookingWish:
        """What is looked for."""
        found = self.cleaned_data
        return BookingWish(words=found.get("q", ""), which=found.get("which", ""))

    def natural_order(self) -> str:
        """The next one first; of the past, the last one."""
        past = self.cleaned_data.get("which") == "past"
        return "-slot__starts_at" if past else "slot__starts_at"


class BookingForm(KitForm):
    """« Réserver une date »: interview and client (BKG-020, 021, 025)."""

    language = forms.ChoiceField(label=_("Language of the interview"))
    interpreter_language = forms.ChoiceField(label=_("Language of the interpreter"))
    referral_type = forms.ModelChoiceField(
        queryset=ReferralType.objects.none(), label=_("Referral type")
    )
    salutation = forms.ChoiceField(label=_("Salutation"))
    last_name = forms.CharField(label=_("Last name"), max_length=80)
    first_name = forms.CharField(label=_("First name"), max_length=80)
    nationality = forms.ChoiceField(label=_("Nationality"))
    birth_date = DateField(label=_("Date of birth"))
    symic_number = forms.CharField(
        label=_("SYMIC number"), max_length=20, required=False
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email_information = SwitchField(label=_("Send further information by e-mail"))
    email = forms.EmailField(label=_("E-mail"), required=False)
    remark = forms.CharField(
        label=_("Remark"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    form_file = forms.FileField(
        label=_("PDF or zip, 10 MB at most"), required=False, widget=FileInput
    )

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.booking = booking
        slot, choose = booking.slot, [nothing_chosen()]
        if booking.with_interpreter:
            del self.fields["language"]
            codes = languages_in_use(booking.tenant)
            self._offer("interpreter_language", choose + language_choices(codes))
        else:
            del self.fields["interpreter_language"]
            self._offer(
                "language", choose + language_choices(slot.counsellor.languages)
            )
        self._offer("salutation", [*choose, *Salutation.choices])
        self._offer("nationality", [*choose, *countries])
        referral: Any = self.fields["referral_type"]
        referral.queryset = slot.referral_types.order_by("position")
        referral.empty_label = choose[0][1]

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(booking: Booking) -> dict[str, Any]:
        """What is entered already."""
        names = [name for name in BookingForm.base_fields if name != "form_file"]
        return {name: getattr(booking, name) for name in names}

    def clean_birth_date(self) -> dt.date:
        """A day in the past, of somebody who may be alive."""
        born: dt.date = self.cleaned_data["birth_date"]
        if not dt.timedelta() <= today() - born < dt.timedelta(days=365.25 * OLDEST):
            raise ValidationError(_("The date of birth lies in the past."))
        return born

    def clean_phone(self) -> str:
        """A number that exists, written the international way."""
        typed: str = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, "CH")
        except phonenumbers.NumberParseException as error:
            raise ValidationError(_wrong_phone()) from error
        if not phonenumbers.is_possible_number(number):
            raise ValidationError(_wrong_phone())
        form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)

    def clean(self) -> dict[str, Any]:
        """The e-mail is needed when information is to be sent there (BKG-021)."""
        data = self.cleaned_data
        missing = data.get("email_information") and not data.get("email")
        if missing and "email" not in self.errors:
            self.add_error("email", _("Enter the address, or choose No above."))
        return data


def _wrong_phone() -> Any:
    return _("This is no telephone number. Write it as 079 555 01 62.")


class PersonalDataForm(KitForm):
    """« Données personnelles complémentaires » on line (BKG-022, BKG-023)."""

    prefix = "data"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions():
            self.fields[question.key] = _answer_field(question)
        self.describe()

    def steps(self) -> list[dict[str, Any]]:
        """The fields, step by step; open are the first one and those with an error."""
        return [
            {
                "title": step.title,
                "fields": [self[question.key] for question in step.questions],
                "open": number == 0
                or any(question.key in self.errors for question in step.questions),
                "done": sum(1 for q in step.questions if self[q.key].value()),
            }
            for number, step in enumerate(STEPS)
        ]

    def entered(self) -> dict[str, str]:
        """What is filled in, as far as it can be read."""
        return {key: value for key, value in self.cleaned_data.items() if value}


def _answer_field(question: Question) -> forms.Field:
    if question.choices:
        choices = [("", ""), *question.choices]
        return forms.ChoiceField(label=question.label, required=False, choices=choices)
    return forms.CharField(
        label=question.label,
        required=False,
        max_length=2000 if question.long else 200,
        widget=forms.Textarea(attrs={"rows": 3})
        if question.long
        else forms.TextInput(),
    )
