"""Forms of the organisations of an authority."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from accounts.roles import role
from accounts.rules import roles_to_give
from core.forms import (
    EmailInput,
    FileInput,
    KitForm,
    KitModelForm,
    PhoneInput,
    nothing_chosen,
)


class OrganisationForm(KitModelForm):
    """Its name and how to reach it; of a new one also who is invited first."""

    invite = forms.EmailField(
        label=_("Invite as first administrator"),
        required=False,
        widget=EmailInput,
        help_text=_("An invitation goes to this address."),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)

    class Meta:
        model = Organisation
        fields = ["name", "email", "phone"]
        labels = {"name": _("Name"), "email": _("E-mail"), "phone": _("Phone number")}
        widgets = {"email": EmailInput, "phone": PhoneInput}

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.tenant = by.tenant
        if not self.instance._state.adding:
            del self.fields["invite"], self.fields["role"]
            return
        roles = roles_to_give(by, self.instance)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            nothing_chosen(),
            *((key, role(key).label) for key in roles),
        ]

    def clean(self) -> dict[str, Any]:
        """Who is invited gets a role."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("invite") and not cleaned.get("role"):
            self.add_error("role", _("Please choose."))
        return cleaned


class OrganisationsImportForm(KitForm):
    """A list of organisations as CSV."""

    file = forms.FileField(
        label=_("CSV with the columns name, email, phone"),
        help_text=_("The name decides whether a line adds or changes."),
        widget=FileInput,
    )
