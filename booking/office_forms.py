"""Forms of an office: publishing, withdrawing, notes, interpreters (BKG-050 to 053)."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from booking.actions.publishing import Offer
from booking.models import Booking, Counsellor, Place, ReferralType
from booking.states import InterpreterSearch
from core.forms import Checks, DateField, KitForm, Radios, SwitchField
from core.schedules import Opening

HOURS = re.compile(
    r"^(\d{1,2})(?:[:.hH ]+(\d{2})?)?\s*(?:-|–|à|bis)\s*(\d{1,2})(?:[:.hH ]+(\d{2})?)?$"
)
LONGEST = dt.timedelta(days=400)


class HoursField(forms.CharField):
    """Opening hours of a day as « 9:00-12:00, 13:30-17:00 »; empty: none."""

    def clean(self, value: Any) -> list[tuple[dt.time, dt.time]]:
        """From and to of each stretch; raises ValidationError."""
        text = super().clean(value)
        return [
            _stretch(part.strip()) for part in re.split(r"[,;]", text) if part.strip()
        ]


def _stretch(text: str) -> tuple[dt.time, dt.time]:
    match = HOURS.match(text)
    try:
        start, end = [
            dt.time(int(hour), int(minute or 0))
            for hour, minute in (match.groups()[:2], match.groups()[2:])  # type: ignore[union-attr]
        ]
    except (AttributeError, ValueError) as error:
        raise ValidationError(
            _("Write the hours as 09:00-12:00, 13:30-17:00.")
        ) from error
    if end <= start:
        raise ValidationError(_("The end lies before the beginning."))
    return start, end


class DaysField(forms.CharField):
    """Single days and stretches: « 24.12.2026, 27.12.2026 - 3.1.2027 »."""

    def clean(self, value: Any) -> frozenset[dt.date]:
        """All the days; raises ValidationError."""
        text = super().clean(value)
        days: set[dt.date] = set()
        for part in re.split(r"[,;\n]", text):
            if part.strip():
                days |= _days(part.strip())
        return frozenset(days)


def _days(text: str) -> set[dt.date]:
    ends = [DateField().clean(end) for end in re.split(r"\s*[-–]\s*", text)]
    first, last = ends[0], ends[-1]
    if len(ends) > 2 or last < first or last - first > LONGEST:
        raise ValidationError(_("Write the days as 24.12.2026, 27.12.2026 - 3.1.2027."))
    return {first + dt.timedelta(days=n) for n in range((last - first).days + 1)}


class CounsellorForm(KitForm):
    """Whose dates: a counsellor's own, or anyone's of the office for its administrator."""

    counsellor = forms.ModelChoiceField(
        queryset=Counsellor.objects.none(), label=_("Counsellor"), empty_label=None
    )
    first = DateField(label=_("From"))
    last = DateField(label=_("Until and including"))

    def __init__(self, *args: Any, counsellors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counsellors = counsellors
        self.fields["counsellor"].queryset = counsellors  # type: ignore[attr-defined]
        if len(counsellors) == 1:
            self.fields["counsellor"].widget = forms.HiddenInput()
            self.fields["counsellor"].initial = counsellors[0].pk

    def clean(self) -> dict[str, Any]:
        """From a day to a later one, within a good year."""
        data = self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and not dt.timedelta() <= last - first <= LONGEST:
            self.add_error("last", _("Choose a later day, within a year of the first."))
        return data


class PublishForm(CounsellorForm):
    """« Publier des dates »: a weekly pattern over a period (BKG-050)."""

    place = forms.ModelChoiceField(
        queryset=Place.objects.none(),
        label=_("Place of the interview"),
        empty_label=None,
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"), min_value=10, max_value=480, initial=60
    )
    pause = forms.IntegerField(
        label=_("Pause in between, in minutes"), min_value=0, max_value=240, initial=0
    )
    referral_types = forms.ModelMultipleChoiceField(
        queryset=ReferralType.objects.none(), label=_("Referral types"), widget=Checks
    )
    interpreter_possible = SwitchField(label=_("An interpreter can come"))
    holidays = SwitchField(label=_("No dates on public holidays"), initial="1")
    closed = DaysField(
        label=_("Days without dates"),
        required=False,
        help_text=_("Absences, for example 24.12.2026, 27.12.2026 - 3.1.2027"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = self.counsellors[0].office if self.counsellors else None
        place: Any = self.fields["place"]
        if office:
            place.queryset = Place.objects.of(office.tenant).filter(office=office)
        types: Any = self.fields["referral_types"]
        if office:
            types.queryset = ReferralType.objects.of(office.tenant).order_by("position")
            types.initial = list(types.queryset)
        for number in range(6):
            self.fields[f"day_{number}"] = HoursField(
                label=capfirst(WEEKDAYS[number]), required=False, max_length=100
            )
        self.describe()

    def weekdays(self) -> list[Any]:
        """The six fields of the week."""
        return [self[f"day_{number}"] for number in range(6)]

    def clean(self) -> dict[str, Any]:
        """At least one stretch in the week."""
        data = super().clean()
        hours = [data.get(f"day_{number}") for number in range(6)]
        wrong = any(f"day_{number}" in self.errors for number in range(6))
        if not any(hours) and not wrong:
            self.add_error("day_0", _("Enter the hours of at least one weekday."))
        return data

    def offer(self) -> Offer:
        """What is to be published."""
        data = self.cleaned_data
        days = {
            number: tuple(
                Opening(start, end, data["minutes"], data["pause"])
                for start, end in data[f"day_{number}"]
            )
            for number in range(6)
            if data[f"day_{number}"]
        }
        return Offer(
            counsellor=data["counsellor"],
            place=data["place"],
            first=data["first"],
            last=data["last"],
            days=days,
            referral_types=list(data["referral_types"]),
            interpreter_possible=data["interpreter_possible"],
            skip_holidays=data["holidays"],
            closed=data["closed"],
        )


class WithdrawForm(CounsellorForm):
    """« Retirer des dates »."""


class NoteForm(KitForm):
    """The office's own note on an interview."""

    office_note = forms.CharField(
        label=_("Note of the office"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The commune does not see it."),
    )


class InterpreterForm(KitForm):
    """How far the search for an interpreter is (BKG-053)."""

    interpreter_search = forms.ChoiceField(
        label=_("Search"), choices=InterpreterSearch.choices, widget=Radios
    )
    interpreter_name = forms.CharField(
        label=_("Who comes"), max_length=120, required=False
    )

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        initial = {
            "interpreter_search": booking.interpreter_search,
            "interpreter_name": booking.interpreter_name,
        }
        super().__init__(*args, initial=initial, prefix=booking.pk.hex[:8], **kwargs)
        self.booking = booking
