"""What the operator sets up: one form for each kind of record (BKG-054)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from booking.models import (
    Commune,
    InformationSheet,
    InterviewLanguage,
    Office,
    Place,
    ReferralType,
)
from booking.queries import offices
from booking.texts import offered_languages
from core.forms import (
    DateField,
    EmailInput,
    FileInput,
    KitForm,
    SwitchField,
    TimeField,
)
from core.languages import KNOWN, language_choices
from core.records import Kind, RecordForm

POSTCODE = forms.RegexField(
    label=_("Postcode"),
    regex=r"^[1-9]\d{3}$",
    error_messages={"invalid": _("A postcode has four digits, for example 2610.")},
)


class OfficesRecordForm(RecordForm):
    """A record that names an office."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices(self.tenant)  # type: ignore[attr-defined]
        self.describe()


class BodyForm(RecordForm):
    """A record that is also an organisation: its name, address and telephone."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False, widget=EmailInput)
    phone = forms.CharField(label=_("Phone number"), max_length=40, required=False)
    invite = forms.EmailField(
        label=_("Invite as first administrator"),
        required=False,
        widget=EmailInput,
        help_text=_("An invitation goes to this address."),
    )
    role = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance:
            body = instance.organisation
            own = {"name": body.name, "email": body.email, "phone": body.phone}
            kwargs["initial"] = {**own, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def save(self, commit: bool = True) -> Any:
        """The organisation first; a name that is taken is refused by the database."""
        given = {name: self.cleaned_data[name] for name in ("name", "email", "phone")}
        if self.instance.organisation_id:
            body = self.instance.organisation
            for name, value in given.items():
                setattr(body, name, value)
            body.save()
        else:
            body = Organisation.objects.create(tenant=self.tenant, **given)
            self.instance.organisation = body
        return super().save(commit)


class OfficeForm(BodyForm):
    """An integration office."""

    role = "booking.office_admin"
    reachable_from = TimeField(label=_("Reachable from"), required=False)
    reachable_until = TimeField(label=_("Reachable until"), required=False)
    field_order = ["name", "email", "phone"]

    class Meta:
        model = Office
        fields = ["street", "postcode", "town", "reachable_from", "reachable_until"]
        labels = {
            "street": _("Street and number"),
            "postcode": _("Postcode"),
            "town": _("Town"),
        }


class CommuneRecordForm(BodyForm, OfficesRecordForm):
    """A commune with its office of reference."""

    role = "booking.commune"
    postcode = POSTCODE
    field_order = ["name", "postcode", "office", "email", "phone"]

    class Meta:
        model = Commune
        fields = ["postcode", "office"]
        labels = {"office": _("Integration office")}


class PlaceForm(OfficesRecordForm):
    """Where interviews take place, and the way there."""

    class Meta:
        model = Place
        fields = [
            "office",
            "name",
            "street",
            "postcode",
            "town",
            "room_fr",
            "room_de",
            "access_note_fr",
            "access_note_de",
            "station",
            "line",
            "ride_minutes",
            "stop",
            "walk_minutes",
        ]
        labels = {
            "office": _("Integration office"),
            "name": _("Name"),
            "street": _("Street and number"),
            "postcode": _("Postcode"),
            "town": _("Town"),
            "room_fr": _("Room, in French"),
            "room_de": _("Room, in German"),
            "access_note_fr": _("Access, in French"),
            "access_note_de": _("Access, in German"),
            "station": _("Station"),
            "line": _("Bus or tram line"),
            "ride_minutes": _("Minutes of the ride"),
            "stop": _("Bus or tram stop"),
            "walk_minutes": _("Minutes on foot"),
        }
        help_texts = {"line": ""}


class LanguageForm(RecordForm):
    """A language in use for interviews."""

    code = forms.ChoiceField(label=_("Language"))

    class Meta:
        model = InterviewLanguage
        fields = ["code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = language_choices(KNOWN)  # type: ignore[attr-defined]


class ReferralTypeForm(RecordForm):
    """« Type d'envoi »."""

    mandatory = SwitchField(label=_("Mandatory"))

    class Meta:
        model = ReferralType
        fields = ["name_fr", "name_de", "mandatory", "position"]
        labels = {
            "name_fr": _("Name, in French"),
            "name_de": _("Name, in German"),
            "position": _("Position in the list"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name_fr", "name_de"):
            self.fields[name].required = True


class SheetForm(RecordForm):
    """The information sheet in one language; « à relire » until somebody has proofread it."""

    language = forms.ChoiceField(label=_("Language"))
    proofread_on = DateField(label=_("Proofread on"), required=False)

    class Meta:
        model = InformationSheet
        fields = ["language", "title", "body", "proofread_by", "proofread_on"]
        labels = {
            "title": _("Title"),
            "body": _("Text"),
            "proofread_by": _("Proofread by"),
        }
        help_texts = {"body": _("Paragraphs are separated by an empty line.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = language_choices(offered_languages())
        self.fields["language"].choices = choices  # type: ignore[attr-defined]


class SettingsForm(KitForm):
    """The operator's settings, each with what it means (BKG-015, 017, 035, 055)."""

    hold_hours = forms.IntegerField(
        label=_("Hours that a date is held"),
        min_value=1,
        max_value=336,
        help_text=_("From « Sélectionner » until it must be confirmed."),
    )
    mandatory_weeks = forms.IntegerField(
        label=_("Weeks within which a mandatory referral takes place"),
        min_value=1,
        max_value=52,
    )
    reminder_days = forms.IntegerField(
        label=_("Days before the interview that the client is reminded"),
        min_value=1,
        max_value=14,
    )
    reminder_sms = SwitchField(label=_("Remind by SMS where no e-mail was given"))
    retention_months = forms.IntegerField(
        label=_("Months after which clients' data is deleted"),
        min_value=1,
        max_value=120,
    )


class ImportForm(KitForm):
    """A list of communes as CSV."""

    file = forms.FileField(
        label=_("CSV with the columns commune, postcode, office, email"),
        help_text=_("The e-mail may be empty; it gets the invitation."),
        widget=FileInput,
    )


APP = "booking"
KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            APP,
            "communes",
            _("Communes"),
            _("Add a commune"),
            CommuneRecordForm,
            ("organisation__name",),
            ("organisation", "office__organisation"),
        ),
        Kind(
            APP,
            "offices",
            _("Integration offices"),
            _("Add an office"),
            OfficeForm,
            ("organisation__name",),
            ("organisation",),
        ),
        Kind(
            APP,
            "places",
            _("Places of the interviews"),
            _("Add a place"),
            PlaceForm,
            ("name",),
            ("office__organisation",),
        ),
        Kind(
            APP,
            "languages",
            _("Languages"),
            _("Add a language"),
            LanguageForm,
            ("code",),
        ),
        Kind(
            APP,
            "referrals",
            _("Referral types"),
            _("Add a type"),
            ReferralTypeForm,
            ("position",),
        ),
        Kind(
            APP,
            "sheets",
            _("Information sheets"),
            _("Add a language"),
            SheetForm,
            ("language",),
        ),
    )
}
