"""The form kit: one drawing for every kind of field, errors beside it, nothing lost.

`{% field form.x %}` draws a field, `{% error_summary form %}` the list on top.
"""

import datetime as dt
import re
from typing import Any

from babel import dates as babel_dates
from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.dates import FIRST_YEAR, LAST_YEAR, is_usual, today
from core.errors import Refusal
from core.search import plain


class Renderer(TemplatesSetting):
    """Django's widgets; lists are ours (templates/django), the kit draws what stands around."""


class PasswordInput(forms.PasswordInput):
    """With « Afficher » beside it, where there is JavaScript."""

    shows = "password"


class FileInput(forms.FileInput):
    """A button and a zone to drop a file on."""

    shows = "file"


class DateInput(forms.DateInput):
    """Typed as 14.03.1991; a calendar opens where there is JavaScript."""

    shows = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        given = {"inputmode": "numeric", "autocomplete": "off", "data-date": ""}
        super().__init__(attrs={**given, **(attrs or {})}, format="%d.%m.%Y")


class TimeInput(forms.TimeInput):
    """Typed as 09:30."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        given = {"inputmode": "numeric", "autocomplete": "off", "data-width": "short"}
        super().__init__(attrs={**given, **(attrs or {})}, format="%H:%M")


class Switch(forms.RadioSelect):
    """Non / Oui, both words always shown."""

    shows = "switch"


class Choices(forms.CheckboxSelectMultiple):
    """Several of many: a list of checkboxes; with JavaScript one types ahead."""

    shows = "choices"


class Checks(forms.CheckboxSelectMultiple):
    """Several of a few: checkboxes, all in sight."""

    shows = "checks"


class Radios(forms.RadioSelect):
    """One of a few, all in sight."""

    shows = "radios"


class Check(forms.CheckboxInput):
    """One thing to agree to; the label stands beside it."""

    shows = "check"


class TypeAhead(forms.Select):
    """One of many: a select; with JavaScript one types ahead."""

    shows = "type-ahead"

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        given = {"data-type-ahead": "", "data-none": _("Nothing found")}
        super().__init__(attrs={**given, **(attrs or {})}, **kwargs)


class EmailInput(forms.EmailInput):
    """An address; no capital letters, no corrections by the phone."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        given = {"autocapitalize": "none", "spellcheck": "false"}
        super().__init__(attrs={**given, **(attrs or {})})


class PhoneInput(forms.TextInput):
    """A telephone number, with the phone's keys for numbers."""

    input_type = "tel"


class SwitchField(forms.TypedChoiceField):
    """A yes or no, No by default."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", "0")
        super().__init__(
            choices=[("0", _("No")), ("1", _("Yes"))],
            coerce=lambda value: value == "1",
            empty_value="",
            required=False,
            widget=Switch,
            **kwargs,
        )

    def clean(self, value: Any) -> bool:
        """Yes or no, never anything else."""
        return super().clean(value) is True

    def prepare_value(self, value: Any) -> Any:
        """True and False are the choices "1" and "0"."""
        return {True: "1", False: "0", None: "0"}.get(value, value)


class DateField(forms.DateField):
    """A date as people write it: 3.4.1991, 03.04.1991, 1991-04-03, 3 avril 1991.

    The year has four digits: 03.04.26 may be a birth or an appointment.
    """

    widget = DateInput
    NUMBERS = re.compile(r"^(\d{1,2})[.\s/-]+(\d{1,2})[.\s/-]+(\d{4})$")
    SHORT_YEAR = re.compile(r"^\d{1,2}[.\s/-]+\d{1,2}[.\s/-]+\d{2}$")
    ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
    WORDS = re.compile(
        r"^(?:[^\W\d]+[,.]?\s+)?(\d{1,2})(?:er|\.)?\s*([^\W\d]{3,})\.?\s+(\d{4})$"
    )

    def to_python(self, value: Any) -> dt.date | None:
        """The date; raises ValidationError with a sentence that says what to type."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        year, month, day = self._parts(" ".join(str(value).split()))
        try:
            date = dt.date(year, month, day)
        except ValueError as error:
            raise ValidationError(self._no_such_day(year, month, day)) from error
        if not is_usual(date):
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise ValidationError(
                _("Write a year from %(first)s to %(last)s."), params=years
            )
        return date

    def _parts(self, text: str) -> tuple[int, int, int]:
        if match := self.ISO.match(text):
            year, month, day = match.groups()
            return int(year), int(month), int(day)
        if match := self.NUMBERS.match(text):
            day, month, year = match.groups()
            return int(year), int(month), int(day)
        if (match := self.WORDS.match(text)) and (month := month_number(match[2])):
            return int(match[3]), month, int(match[1])
        if self.SHORT_YEAR.match(text):
            raise ValidationError(
                _("Write the year with four digits, for example 14.03.1991.")
            )
        raise ValidationError(
            _("Write the date as day, month, year, for example 14.03.1991.")
        )

    @staticmethod
    def _no_such_day(year: int, month: int, day: int) -> Any:
        if not (1 <= month <= 12 and 1 <= day <= 31 and year):
            return _("This date does not exist. Write it as 14.03.1991.")
        names = babel_dates.get_month_names("wide", locale=get_language() or "fr")
        parts = {"day": day, "month": names[month], "year": year}
        if (month, day) == (2, 29):
            return _("There is no %(day)s %(month)s in %(year)s.") % parts
        return _("There is no %(day)s %(month)s.") % parts


def month_number(word: str) -> int:
    """The month that a French or German name, or its beginning, means; 0 for none or several."""
    for language in ("fr", "de"):
        names = babel_dates.get_month_names("wide", locale=language)
        found = [
            number
            for number, name in names.items()
            if plain(name).startswith(plain(word))
        ]
        if len(found) == 1:
            return int(found[0])
    return 0


class TimeField(forms.TimeField):
    """A time as 9:30, 09.30, 9 h 30 or 9 h."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", TimeInput)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.time | None:
        """The time; raises ValidationError."""
        if value in self.empty_values or isinstance(value, dt.time):
            return value or None
        match = re.match(r"^(\d{1,2})(?:\s*[:.hH]\s*(\d{2})?)?$", str(value).strip())
        if match and int(match[1]) < 24 and int(match[2] or 0) < 60:
            return dt.time(int(match[1]), int(match[2] or 0))
        raise ValidationError(_("Write the time as 09:30."))


def _missing(field: forms.Field) -> Any:
    """What to do about an empty field, by its kind."""
    if isinstance(field, forms.FileField):
        return _("Choose a file.")
    if isinstance(field, forms.BooleanField):
        return _("Please agree to go on.")
    if isinstance(field, (forms.ChoiceField, forms.ModelChoiceField)):
        return _("Please choose.")
    return _("Please fill this in.")


def nothing_chosen() -> tuple[str, str]:
    """The first choice of a list in which none is made beforehand."""
    words = _("Please choose")
    return "", f"- {words} -"


class Kit:
    """What all our forms share; mixed into Form and ModelForm."""

    required_css_class = "required"
    error_css_class = "wrong"
    # What is missing is said by the server, in the summary and beside the field.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.describe()

    def describe(self) -> None:
        """What every field of the kit has; call it again after adding fields."""
        for field in self.fields.values():  # type: ignore[attr-defined]
            self._describe(field)

    def _describe(self, field: forms.Field) -> None:
        """Groups get a fieldset; the browser's own bubbles stay silent."""
        field.widget.use_fieldset = isinstance(
            field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)
        )
        if (
            field.error_messages.get("required")
            == forms.Field.default_error_messages["required"]
        ):
            field.error_messages["required"] = _missing(field)
        # Django's sentence repeats what was sent: a number that says nothing to anybody.
        if isinstance(field, (forms.ChoiceField, forms.ModelChoiceField)):
            gone = _("This is not in the list any more. Please choose again.")
            field.error_messages["invalid_choice"] = gone
        if getattr(field, "empty_label", None) == BLANK_CHOICE_DASH[0][1]:
            field.empty_label = nothing_chosen()[1]  # type: ignore[attr-defined]

    def refuse(self, refusal: Refusal, field: str | None = None) -> None:
        """Puts a refusal beside its field, or on top of the form."""
        name = field or refusal.field
        known = name in self.fields  # type: ignore[attr-defined]
        self.add_error(name if known else None, str(refusal.sentence))  # type: ignore[attr-defined]


class KitForm(Kit, forms.Form):
    """A form of the kit."""


class KitModelForm(Kit, forms.ModelForm):  # type: ignore[type-arg]
    """A form of the kit for a record."""


class PeriodForm(KitForm):
    """From a day to a day; this year where the address says nothing."""

    first = DateField(label=_("From"))
    last = DateField(label=_("Until and including"))

    @classmethod
    def of_address(cls, data: Any, zone: dt.tzinfo) -> "PeriodForm":
        """The period that the address asks for."""
        year = today(zone).year
        filled = data.copy()
        filled.setdefault("first", f"01.01.{year}")
        filled.setdefault("last", f"31.12.{year}")
        return cls(filled)

    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of a valid period."""
        return self.cleaned_data["first"], self.cleaned_data["last"]
