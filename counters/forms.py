"""Forms of counters: filters, assigning, a counter with its exceptions."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseModelFormSet, modelformset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from core.forms import (
    DateField,
    EmailInput,
    KitForm,
    KitModelForm,
    PhoneInput,
    SwitchField,
    TimeField,
)
from core.search import plain
from counters.models import (
    AppointmentType,
    Counter,
    Desk,
    ExceptionRange,
    Person,
    ReferenceWeek,
    TownPlace,
)
from counters.queries import Filter

NAMES = ("pk", "name", "type_id", "type__name", "place_id", "place__name")


class FilterForm(KitForm):
    """Type, place, counter: stands in the address (CTR-031)."""

    type = forms.ChoiceField(label=_("Appointment type"), required=False)
    place = forms.ChoiceField(label=_("Place of appointment"), required=False)
    counter = forms.ChoiceField(label=_("Counter"), required=False)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: dict[str, dict[str, str]] = {"type": {}, "place": {}, "counter": {}}
        for row in Counter.objects.visible_to(by).values(*NAMES):
            names["type"][str(row["type_id"])] = row["type__name"]
            names["place"][str(row["place_id"])] = row["place__name"]
            names["counter"][str(row["pk"])] = row["name"]
        for field, named in names.items():
            rows = sorted(named.items(), key=lambda row: (plain(row[1]), row[0]))
            everything = ("", pgettext_lazy("counters", "All"))
            self.fields[field].choices = [everything, *rows]  # type: ignore[attr-defined]

    def filter(self) -> Filter:
        """What is looked at; with wrong input, everything."""
        found = self.cleaned_data if self.is_valid() else {}
        return Filter(**{name: uuid.UUID(pk) for name, pk in found.items() if pk})


class FromDayForm(KitForm):
    """From which day on free slots are proposed; stands in the address."""

    day = DateField(label=_("From"))

    @classmethod
    def of_address(cls, data: Any, otherwise: dt.date) -> "FromDayForm":
        """The day that the address asks for, as it was typed."""
        filled = data.copy()
        filled.setdefault("day", f"{otherwise:%d.%m.%Y}")
        return cls(filled)


class AssignForm(KitForm):
    """« Attribution du créneau » (CTR-033): a file that is there, or a new one."""

    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    birth_date = DateField(label=_("Date of birth"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False, widget=EmailInput)
    phone = forms.CharField(
        label=_("Phone number"), max_length=40, required=False, widget=PhoneInput
    )
    comment = forms.CharField(
        label=_("Comment for the other agents of the service"),
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A new file needs a name."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("person") and "person" not in self.errors:
            for name in ("last_name", "first_name"):
                if not found.get(name):
                    self.add_error(name, _("Please fill this in."))
        return found


class CounterForm(KitModelForm):
    """« Création d'un guichet » (CTR-011)."""

    valid_from = DateField(label=_("Beginning of validity"))
    valid_to = DateField(label=_("End of validity"), required=False)
    on_portal = SwitchField(label=_("Visible on the portal"))
    desk_with = forms.ModelChoiceField(
        queryset=Counter.objects.none(),
        label=_("Shares its desk with"),
        required=False,
        help_text=_("At one desk nobody is received twice at the same time."),
    )

    class Meta:
        model = Counter
        fields = [
            "name",
            "type",
            "place",
            "valid_from",
            "valid_to",
            "week",
            "on_portal",
        ]
        labels = {
            "name": _("Label"),
            "type": _("Appointment type"),
            "place": _("Place of appointment"),
            "week": _("Reference week"),
        }

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.instance.tenant = by.tenant
        of = {
            "type": AppointmentType.objects.visible_to(by).order_by("name", "pk"),
            "place": TownPlace.objects.of(by.tenant).order_by("name", "pk"),
            "week": ReferenceWeek.objects.of(by.tenant).order_by("name", "pk"),
            "desk_with": Counter.objects.visible_to(by)
            .exclude(pk=self.instance.pk)
            .order_by("name", "pk"),
        }
        for name, rows in of.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if not self.instance._state.adding:
            same = of["desk_with"].filter(desk=self.instance.desk_id)
            self.fields["desk_with"].initial = same.first()
        self.describe()

    def clean(self) -> dict[str, Any]:
        """The validity ends after it begins."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("valid_from"), found.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The validity ends after it begins."))
        return found

    def counter(self) -> Counter:
        """The counter as it would be; its desk is a new one unless it shares one."""
        counter: Counter = self.instance
        other = self.cleaned_data.get("desk_with")
        if other:
            counter.desk = other.desk
        elif counter._state.adding or self._shared(counter):
            counter.desk = Desk(tenant=counter.tenant, name=counter.name)
        return counter

    def _shared(self, counter: Counter) -> bool:
        others = Counter.objects.of(counter.tenant).filter(desk=counter.desk_id)
        return others.exclude(pk=counter.pk).exists()


class ExceptionForm(KitModelForm):
    """« Plage d'exception » (CTR-012)."""

    first = DateField(label=_("Beginning of validity"))
    last = DateField(label=_("End of validity"))

    class Meta:
        model = ExceptionRange
        fields = ["first", "last", "week"]
        labels = {"week": _("Reference week")}


class Exceptions(BaseModelFormSet):  # type: ignore[type-arg]
    """The exceptions of a counter, sorted by their beginning; they do not overlap."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Only weeks of this tenant."""
        super().add_fields(form, index)
        form.fields["week"].queryset = self.weeks  # type: ignore[attr-defined]
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Remove")

    def clean(self) -> None:
        """Says which two overlap (CTR-012)."""
        rows = sorted(
            (
                (form.cleaned_data["first"], form.cleaned_data["last"])
                for form in self.kept()
                if {"first", "last"} <= set(form.cleaned_data)
            ),
        )
        for (start, end), (following, _last) in zip(rows, rows[1:], strict=False):
            if following <= end:
                raise ValidationError(
                    _("Two exceptions overlap: %(one)s and %(other)s.")
                    % {"one": f"{start:%d.%m.%Y}", "other": f"{following:%d.%m.%Y}"}
                )

    def kept(self) -> list[Any]:
        """Forms that hold something and are not to be removed."""
        return [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", None)
            and not form.cleaned_data.get("DELETE")
        ]


ExceptionFormSet = modelformset_factory(
    ExceptionRange,
    form=ExceptionForm,
    formset=Exceptions,
    extra=1,
    can_delete=True,
    max_num=60,
    absolute_max=60,
)


class ClosingForm(KitForm):
    """A counter, a day, from an hour to an hour; without hours the whole day (CTR-043)."""

    counter = forms.ModelChoiceField(
        queryset=Counter.objects.none(), label=_("Counter"), empty_label=None
    )
    day = DateField(label=_("Day"))
    start = TimeField(label=_("From what hour"), required=False)
    end = TimeField(label=_("Until what hour"), required=False)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Counter.objects.visible_to(by).order_by("name", "pk")
        self.fields["counter"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = found.get("start"), found.get("end")
        if start and end and end <= start:
            self.add_error("end", _("A range ends after it begins."))
        return found


class SearchForm(KitForm):
    """The name of a saved search, and whose it is (CTR-040)."""

    name = forms.CharField(label=_("Name of the search"), max_length=60)
    for_service = SwitchField(label=_("For the whole service"))


class PersonForm(KitModelForm):
    """A person's file, to correct."""

    birth_date = DateField(label=_("Date of birth"), required=False)

    class Meta:
        model = Person
        fields = ["last_name", "first_name", "birth_date", "email", "phone"]
        labels = {
            "last_name": _("Last name"),
            "first_name": _("First name"),
            "email": _("E-mail"),
            "phone": _("Phone number"),
        }


class DetailsForm(KitForm):
    """« Vos coordonnées »: how one is told (CTR-022), and for whom it is (CTR-024)."""

    for_whom = forms.CharField(
        label=_("For somebody else: name of the child or relative"),
        max_length=120,
        required=False,
    )
    phone = forms.CharField(
        label=_("Mobile phone"), max_length=40, required=False, widget=PhoneInput
    )
    by_sms = SwitchField(label=_("Also send an SMS"))

    def clean(self) -> dict[str, Any]:
        """An SMS needs a number."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("by_sms") and not found.get("phone"):
            self.add_error("phone", _("Please enter a number for the SMS."))
        return found


class DeskForm(KitForm):
    """Which counter the agent sits at today (CTR-041)."""

    counter = forms.ModelChoiceField(
        label=_("My counter"), queryset=Counter.objects.none()
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counters = Counter.objects.visible_to(by).select_related("place", "type")
        field = self.fields["counter"]
        field.queryset = counters.order_by("name", "pk")  # type: ignore[attr-defined]


class WalkInForm(KitForm):
    """What somebody without an appointment comes for."""

    type: "forms.ModelChoiceField[AppointmentType]" = forms.ModelChoiceField(
        label=_("Appointment type"), queryset=AppointmentType.objects.none()
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = AppointmentType.objects.visible_to(by).order_by("position", "pk")
        self.fields["type"].queryset = types  # type: ignore[attr-defined]
