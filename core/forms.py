"""The form kit: one drawing for every kind of field, errors beside it, nothing lost.

`{% field form.x %}` draws a field, `{% error_summary form %}` the list on top.
"""

import datetime as dt
import re
from typing import Any

from babel import dates as babel_dates
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class Renderer(TemplatesSetting):
    """Django's own widgets, so that templates/ may override them one by one."""


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


class Switch(forms.RadioSelect):
    """Non / Oui, both words always shown."""

    shows = "switch"


class Choices(forms.CheckboxSelectMultiple):
    """Several of many: a list of checkboxes; with JavaScript one types ahead."""

    shows = "choices"


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
    """A date as people write it: 3.4.1991, 03.04.1991, 1991-04-03, 3 avril 1991."""

    widget = DateInput
    NUMBERS = re.compile(r"^(\d{1,2})[.\s/](\d{1,2})[.\s/](\d{4})$")
    ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
    WORDS = re.compile(r"^(\d{1,2})(?:er|\.)?\s+([^\W\d]{3,})\.?\s+(\d{4})$")

    def to_python(self, value: Any) -> dt.date | None:
        """The date; raises ValidationError with a sentence that says what to type."""
        if value in self.empty_values or isinstance(value, dt.date):
            return value or None
        text = str(value).strip()
        year, month, day = self._parts(text)
        try:
            return dt.date(year, month, day)
        except ValueError as error:
            raise ValidationError(self._no_such_day(day, month)) from error

    def _parts(self, text: str) -> tuple[int, int, int]:
        if match := self.ISO.match(text):
            year, month, day = match.groups()
            return int(year), int(month), int(day)
        if match := self.NUMBERS.match(text):
            day, month, year = match.groups()
            return int(year), int(month), int(day)
        if match := self.WORDS.match(text):
            day, name, year = match.groups()
            return int(year), self._month(name), int(day)
        raise ValidationError(
            _("Write the date as day, month, year, for example 14.03.1991.")
        )

    @staticmethod
    def _month(name: str) -> int:
        for language in ("fr", "de"):
            names = babel_dates.get_month_names("wide", locale=language)
            for number, month in names.items():
                if month.lower().startswith(name.lower()):
                    return int(number)
        return 0

    @staticmethod
    def _no_such_day(day: int, month: int) -> Any:
        if not 1 <= month <= 12 or not 1 <= day <= 31:
            return _("This date does not exist. Write it as 14.03.1991.")
        names = babel_dates.get_month_names("wide", locale=get_language() or "fr")
        return _("%(month)s has no day %(day)s.") % {"day": day, "month": names[month]}


class TimeField(forms.TimeField):
    """A time as 9:30, 09.30 or 9 h 30."""

    def to_python(self, value: Any) -> dt.time | None:
        """The time; raises ValidationError."""
        if value in self.empty_values or isinstance(value, dt.time):
            return value or None
        match = re.match(r"^(\d{1,2})\s*[:.hH]\s*(\d{2})?$", str(value).strip())
        if match and int(match[1]) < 24 and int(match[2] or 0) < 60:
            return dt.time(int(match[1]), int(match[2] or 0))
        raise ValidationError(_("Write the time as 09:30."))


class Kit:
    """What all our forms share; mixed into Form and ModelForm."""

    required_css_class = "required"
    error_css_class = "wrong"

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
        field.error_messages["required"] = _("This is missing.")
        field.widget.is_required = False

    def refuse(self, refusal: Refusal, field: str | None = None) -> None:
        """Puts a refusal beside its field, or on top of the form."""
        name = field or refusal.field
        known = name in self.fields  # type: ignore[attr-defined]
        self.add_error(name if known else None, str(refusal.sentence))  # type: ignore[attr-defined]


class KitForm(Kit, forms.Form):
    """A form of the kit."""


class KitModelForm(Kit, forms.ModelForm):  # type: ignore[type-arg]
    """A form of the kit for a record."""
