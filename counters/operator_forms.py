"""What the operator sets up: types, places, reference weeks, closing days (CTR-001 to 005)."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.forms import Checks, DateField, SwitchField, TimeField
from core.records import Kind, RecordForm
from counters.access import AGENT, LEAD, MANAGER
from counters.models import (
    WEEKDAYS,
    AppointmentType,
    ClosingDay,
    ReferenceWeek,
    TownPlace,
    WeekRange,
)

APP = "counters"
RANGE = re.compile(
    r"^(\d{1,2})[:.hH](\d{2})\s*[-–]\s*(\d{1,2})[:.hH](\d{2})(?:\s*/\s*(\d{1,3}))?$"
)


class TypeForm(RecordForm):
    """« Type de rendez-vous » (CTR-001)."""

    on_portal = SwitchField(label=_("Visible on the portal"))

    class Meta:
        model = AppointmentType
        fields = [
            "name_fr",
            "name_de",
            "description_fr",
            "description_de",
            "services",
            "minutes",
            "on_portal",
            "most_per_person",
            "earliest_hours",
            "latest_days",
            "bring_fr",
            "bring_de",
            "confirmation_fr",
            "confirmation_de",
            "position",
        ]
        labels = {
            "name_fr": _("Name, in French"),
            "name_de": _("Name, in German"),
            "description_fr": _("Description, in French"),
            "description_de": _("Description, in German"),
            "services": _("Services; none: open to all"),
            "minutes": _("Length of a slot in minutes"),
            "most_per_person": _("Most appointments per person"),
            "earliest_hours": _("Hours ahead, at least"),
            "latest_days": _("Days ahead, at most"),
            "bring_fr": _("To bring, one document a line, in French"),
            "bring_de": _("To bring, one document a line, in German"),
            "confirmation_fr": _("Text of the confirmation, in French"),
            "confirmation_de": _("Text of the confirmation, in German"),
            "position": _("Position in the list"),
        }
        help_texts = dict.fromkeys(("earliest_hours", "bring_fr", "bring_de"), "")
        widgets = {"services": Checks}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = Organisation.objects.of(self.tenant).filter(
            memberships__role__in=(AGENT, MANAGER, LEAD)
        )
        self.fields["services"].queryset = services.distinct().order_by("name")  # type: ignore[attr-defined]
        self.fields["services"].required = False
        for name in ("name_fr", "name_de"):
            self.fields[name].required = True
        self.describe()


class TownPlaceForm(RecordForm):
    """« Lieu de rendez-vous » (CTR-002)."""

    class Meta:
        model = TownPlace
        fields = [
            "name",
            "street",
            "postcode",
            "town",
            "access_note_fr",
            "access_note_de",
            "phone",
        ]
        labels = {
            "name": _("Name"),
            "street": _("Street and number"),
            "postcode": _("Postcode"),
            "town": _("Town"),
            "access_note_fr": _("Access, in French"),
            "access_note_de": _("Access, in German"),
            "phone": _("Phone number"),
        }


class ClosingDayForm(RecordForm):
    """A day on which the town is closed (CTR-005)."""

    day = DateField(label=_("Day"))
    from_time = TimeField(label=_("Closed from"), required=False)

    class Meta:
        model = ClosingDay
        fields = ["day", "from_time", "name"]
        labels = {"name": _("Name")}


class WeekForm(RecordForm):
    """« Semaine de référence »: for each weekday its ranges (CTR-003)."""

    class Meta:
        model = ReferenceWeek
        fields = ["name"]
        labels = {"name": _("Label")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written: dict[int, list[str]] = {}
        if not self.instance._state.adding:
            for row in self.instance.ranges.order_by("weekday", "start"):
                text = f"{row.start:%H:%M}-{row.end:%H:%M}"
                text += f"/{row.minutes}" if row.minutes else ""
                written.setdefault(row.weekday, []).append(text)
        for number, name in WEEKDAYS:
            self.fields[f"day{number}"] = forms.CharField(
                label=name,
                required=False,
                max_length=200,
                initial=", ".join(written.get(number, [])),
                help_text=_("08:00-11:30, 13:30-16:30; with a length: 08:00-11:30/20")
                if number == 0
                else "",
            )
        self.describe()

    def clean(self) -> dict[str, Any]:
        """Each weekday's ranges; says which one cannot be read."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for number, _name in WEEKDAYS:
            try:
                found[f"day{number}"] = ranges_of(found.get(f"day{number}", ""))
            except ValidationError as error:
                self.add_error(f"day{number}", error)
        return found

    def save(self, commit: bool = True) -> Any:
        """The week, then its ranges anew."""
        week = super().save(commit)
        week.ranges.all().delete()
        for number, _name in WEEKDAYS:
            for start, end, minutes in self.cleaned_data[f"day{number}"]:
                WeekRange.objects.create(
                    tenant=self.tenant,
                    week=week,
                    weekday=number,
                    start=start,
                    end=end,
                    minutes=minutes,
                )
        return week


def ranges_of(text: str) -> list[tuple[dt.time, dt.time, int | None]]:
    """« 08:00-11:30, 13:30-16:30/20 »; raises ValidationError for what is no range."""
    found: list[tuple[dt.time, dt.time, int | None]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = RANGE.match(part)
        if not match or int(match[1]) > 23 or int(match[3]) > 23:
            raise ValidationError(_("Write ranges as 08:00-11:30, 13:30-16:30."))
        if int(match[2]) > 59 or int(match[4]) > 59:
            raise ValidationError(_("Write ranges as 08:00-11:30, 13:30-16:30."))
        start = dt.time(int(match[1]), int(match[2]))
        end = dt.time(int(match[3]), int(match[4]))
        minutes = int(match[5]) if match[5] else None
        if end <= start:
            raise ValidationError(_("A range ends after it begins."))
        if minutes is not None and not 5 <= minutes <= 480:
            raise ValidationError(_("A slot lasts from 5 to 480 minutes."))
        found.append((start, end, minutes))
    ordered = sorted(found, key=lambda one: one[0])
    if any(b[0] < a[1] for a, b in zip(ordered, ordered[1:], strict=False)):
        raise ValidationError(_("Two ranges of this day overlap."))
    return ordered


KINDS = {
    kind.key: kind
    for kind in (
        Kind(APP, "types", _("Appointment types"), _("Add a type"), TypeForm, ("position",)),
        Kind(APP, "places", _("Places of appointment"), _("Add a place"), TownPlaceForm, ("name",)),
        Kind(APP, "weeks", _("Reference weeks"), _("Add a week"), WeekForm, ("name",)),
        Kind(APP, "closings", _("Closing days"), _("Add a day"), ClosingDayForm, ("day",)),
    )
}  # fmt: skip
