"""Forms of the operator's « Administration »."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Tenant
from core.dates import today
from core.forms import DateField, KitForm
from core.journal import ACTS
from core.privacy import retention


def unit(kind: retention.Kind, number: int) -> str:
    """« mois », « jour », « jours »."""
    if kind.unit == "months":
        return ngettext("month", "months", number)
    return ngettext("day", "days", number)


class LengthsForm(KitForm):
    """How long each kind of data stays; what is due now stands beside it."""

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        self.kinds = [kind for kind in retention.kinds_of(tenant) if kind.default]
        for kind in self.kinds:
            self.fields[self.name_of(kind)] = forms.IntegerField(
                label=str(kind.title),
                help_text=str(kind.what),
                min_value=1,
                max_value=120 if kind.unit == "months" else 365,
                initial=kind.length(tenant),
                widget=forms.NumberInput(attrs={"data-width": "number"}),
            )
        self.describe()
        self.due = {kind.key: kind.count(tenant) for kind in self.kinds}

    @staticmethod
    def name_of(kind: retention.Kind) -> str:
        """A field's name: an id in HTML takes no dots."""
        return kind.key.replace(".", "-")

    def rows(self) -> list[dict[str, Any]]:
        """Each kind with its field, its unit, and how many rows are due."""
        return [
            {
                "field": self[self.name_of(kind)],
                "unit": unit(kind, kind.length(self.tenant)),
                "due": self.due[kind.key],
            }
            for kind in self.kinds
        ]

    def lengths(self) -> dict[str, int]:
        """Setting's name → months or days."""
        return {kind.name: self.cleaned_data[self.name_of(kind)] for kind in self.kinds}


class HoldForm(KitForm):
    """Why somebody's data must stay."""

    reason = forms.CharField(
        label=_("Reason, as a reference to the procedure"),
        max_length=200,
        help_text=_("For example « Appeal 17/2026 »; without the person’s name."),
    )


class JournalForm(KitForm):
    """What is looked for in the journal; the last thirty days unless somebody says otherwise."""

    who = forms.CharField(label=_("Who did it"), max_length=100, required=False)
    person = forms.CharField(label=_("About whom"), max_length=100, required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    first = DateField(label=_("From"))
    last = DateField(label=_("Until and including"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = sorted((str(words), action) for action, words in ACTS.items())
        choices = [("", _("Everything")), *((action, text) for text, action in words)]
        self.fields["action"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def of_address(cls, data: Any, tenant: Tenant) -> "JournalForm":
        """The filter that the address asks for."""
        day = today(tenant.zone)
        filled = data.copy()
        filled.setdefault("first", f"{day - dt.timedelta(days=30):%d.%m.%Y}")
        filled.setdefault("last", f"{day:%d.%m.%Y}")
        return cls(filled)
