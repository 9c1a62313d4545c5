"""A form with a field of every kind."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import (
    Check,
    Checks,
    Choices,
    DateField,
    EmailInput,
    FileInput,
    KitForm,
    PasswordInput,
    PhoneInput,
    Radios,
    SwitchField,
    TimeField,
    TypeAhead,
)
from core.languages import language_choices

LANGUAGES = ["ar", "de", "en", "fr", "it", "pt", "sq", "so", "ta", "ti", "tr", "uk"]
PLACES = [("biel", "Biel/Bienne"), ("moutier", "Moutier"), ("thun", "Thun")]


class EveryField(KitForm):
    """One of each; the sheet shows it empty, filled and wrong."""

    name = forms.CharField(label=_("Last name"))
    born = DateField(label=_("Date of birth"), help_text=_("For example 14.03.1991"))
    postcode = forms.RegexField(
        r"^\d{4}$",
        label=_("Postcode"),
        error_messages={"invalid": _("Four digits, for example 2610.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    email = forms.EmailField(label=_("E-mail"), widget=EmailInput, required=False)
    phone = forms.CharField(label=_("Phone number"), widget=PhoneInput, required=False)
    password = forms.CharField(label=_("Password"), widget=PasswordInput)
    time = TimeField(label=_("From what time"))
    mode = forms.ChoiceField(
        label=_("How"),
        widget=Radios,
        choices=[("here", _("On site")), ("phone", _("By telephone"))],
    )
    place = forms.ChoiceField(label=_("Place"), choices=[("", "–"), *PLACES])
    language = forms.ChoiceField(label=_("Language of the interview"), widget=TypeAhead)
    languages = forms.MultipleChoiceField(
        label=_("Languages of the interviews"), widget=Choices
    )
    places = forms.MultipleChoiceField(label=_("Places"), widget=Checks, choices=PLACES)
    interpreter = SwitchField(label=_("With interpreter"))
    remark = forms.CharField(
        label=_("Remark"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    form_file = forms.FileField(label=_("Document"), widget=FileInput)
    agreed = forms.BooleanField(label=_("I have read the information"), widget=Check)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choices = language_choices(LANGUAGES)
        self.fields["language"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]
        self.fields["languages"].choices = choices  # type: ignore[attr-defined]
