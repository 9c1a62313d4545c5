"""Forms in which an operator says how the authority shows itself."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import PAGES, Tenant
from core.colours import LEAST_CONTRAST, contrast_with_white
from core.forms import (
    EmailInput,
    FileInput,
    KitForm,
    KitModelForm,
    PhoneInput,
    SwitchField,
)
from core.languages import language_choices

WRITTEN = {
    "name": _("Name of the authority"),
    "office": _("Office responsible"),
    "tool_title": _("Title of the tool"),
    "tool_purpose": _("What it is for"),
}
TITLES = {
    "help": _("Help"),
    "accessibility": _("Accessibility"),
    "privacy": _("Data protection"),
    "legal": _("Legal notice"),
}


def in_language(label: Any, code: str) -> Any:
    """« Aide, en français »."""
    return _("%(label)s, in %(language)s") % {
        "label": label,
        "language": dict(settings.LANGUAGES)[code],
    }


class AuthorityForm(KitModelForm):
    """Names in every language, the accent, the logo, the languages."""

    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=FileInput,
        help_text=_("PNG or JPEG, at most 1 MB; shown as a square."),
    )
    forget_logo = SwitchField(label=_("Back to the logo of Perron"))
    languages = forms.MultipleChoiceField(
        label=_("Languages of the screens"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Tenant
        fields = [
            *(
                f"{name}_{code}"
                for name in WRITTEN
                for code, _name in settings.LANGUAGES
            ),
            "accent",
            "languages",
        ]
        labels = {"accent": _("Colour")}
        help_texts = {"accent": _("As #16417c. It must be easy to read on white.")}

    field_order = [*Meta.fields[:-1], "logo_file", "forget_logo", "languages"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [code for code, _name in settings.LANGUAGES]
        self.fields["languages"].choices = language_choices(codes)  # type: ignore[attr-defined]
        for name, label in WRITTEN.items():
            for code in codes:
                field = self.fields[f"{name}_{code}"]
                field.label, field.help_text = in_language(label, code), ""
                field.required = name != "tool_purpose"
        if not self.instance.logo_digest:
            del self.fields["forget_logo"]
        self.describe()

    def clean_accent(self) -> str:
        """Readable as text on white and with white text on it."""
        accent = str(self.cleaned_data["accent"]).lower()
        contrast = contrast_with_white(accent)
        if contrast < LEAST_CONTRAST:
            raise ValidationError(
                _("This colour is too light: its contrast with white is %(found).1f, and %(least).0f is needed. Choose a darker one."),
                params={"found": contrast, "least": LEAST_CONTRAST},
            )  # fmt: skip
        return accent


class TextsForm(KitForm):
    """Whom to ask, and what stands on the public pages in each language."""

    support_email = forms.EmailField(
        label=_("Support: e-mail"), required=False, widget=EmailInput
    )
    support_phone = forms.CharField(
        label=_("Support: phone number"),
        required=False,
        max_length=40,
        widget=PhoneInput,
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings = {
            "support_email": "support.email",
            "support_phone": "support.phone",
        }
        for page in PAGES:
            for code in tenant.languages:
                self.fields[f"{page}_{code}"] = forms.CharField(
                    label=in_language(TITLES[page], code),
                    required=False,
                    max_length=20_000,
                    widget=forms.Textarea(attrs={"rows": 5}),
                )
                self.settings[f"{page}_{code}"] = f"text.{page}.{code}"
        for name, setting in self.settings.items():
            self.fields[name].initial = tenant.settings.get(setting, "")
        self.describe()

    def texts(self) -> dict[str, str]:
        """Name of the setting → what was written."""
        return {
            setting: self.cleaned_data[name] for name, setting in self.settings.items()
        }
