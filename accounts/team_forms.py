"""Forms of who looks after people: finding them, inviting, giving roles."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import queries, rules
from accounts.models import Membership, Organisation, User
from accounts.queries import Wanted
from accounts.roles import registry
from core.forms import EmailInput, KitForm, SwitchField, TypeAhead, nothing_chosen


class OfPlaces(KitForm):
    """Forms in which an operator names an organisation; an administrator has only one."""

    organisation: Any = forms.ModelChoiceField(
        label=_("Organisation"), queryset=None, widget=TypeAhead
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.places = queries.organisations(by)
        if rules.sees_all_people(by):
            self.fields["organisation"].queryset = self.places  # type: ignore[attr-defined]
        else:
            del self.fields["organisation"]

    def place(self) -> Organisation:
        """The organisation named, if it is within reach; else one's own."""
        if "organisation" not in self.fields:
            return self.by.organisation
        try:
            named = self.fields["organisation"].clean(
                self.data.get(self.add_prefix("organisation"))
            )
        except forms.ValidationError:
            return self.by.organisation
        return named or self.by.organisation


def role_choices(keys: list[str]) -> list[tuple[str, Any]]:
    """Roles with their words; none is chosen beforehand where there are several."""
    rows = [(key, registry.roles[key].label) for key in keys]
    return [nothing_chosen(), *rows] if len(rows) > 1 else rows


class PeopleForm(OfPlaces):
    """What the list of people is narrowed to; stands in the address."""

    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("roles", "All")),
            ("active", _("Active")),
            ("new", _("Never signed in")),
            ("blocked", _("Blocked")),
            ("no_factor", _("Without second factor")),
        ],
    )
    field_order = ["q", "organisation", "role", "state"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        here = sorted(
            queries.memberships(self.by)
            .order_by()
            .values_list("role", flat=True)
            .distinct()
        )
        named = [(key, registry.roles[key].label) for key in here]
        fields["role"].choices = [("", pgettext_lazy("roles", "All")), *named]
        if "organisation" in fields:
            fields["organisation"].required = False
            fields["organisation"].empty_label = _("All")

    def wanted(self) -> Wanted:
        """What holds; nonsense in the address narrows nothing."""
        found = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Wanted(
            words=found.get("q", ""),
            role=found.get("role", ""),
            state=found.get("state", ""),
            organisation=found.get("organisation"),
        )

    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return self.wanted() != Wanted()


class InviteForm(OfPlaces):
    """Whom an administrator invites, into which role."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=EmailInput)
    role = forms.ChoiceField(label=_("Role"))
    language = forms.ChoiceField(
        label=_("Language of the message"),
        choices=[("fr", "Français"), ("de", "Deutsch")],
    )
    administrator = SwitchField(
        label=_("Administers the organisation"),
        help_text=_("Invites and blocks people, and resets a lost second factor."),
    )
    field_order = ["email", "organisation", "role", "language", "administrator"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = rules.roles_to_give(self.by, self.place())
        self.fields["role"].choices = role_choices(keys)  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What a valid form says of the invitation."""
        names = ("email", "role", "language", "administrator")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "organisation": self.place(),
        }


class GiveRoleForm(OfPlaces):
    """One role more for somebody."""

    role = forms.ChoiceField(label=_("Role"))
    field_order = ["organisation", "role"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = self.place()
        if "organisation" in self.fields and not self.is_bound:
            first = user.memberships.order_by("organisation__name").first()
            here = first.organisation if first else here
            self.initial["organisation"] = here.pk
        had = {
            row.role
            for row in user.memberships.all()
            if row.organisation_id == here.pk and "organisation" not in self.fields
        }
        keys = [
            key
            for key in rules.roles_to_give(self.by, here)
            if key not in had and user.pk != self.by.user_id
        ]
        self.fields["role"].choices = role_choices(keys)  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """The role and the organisation of a valid form."""
        return {"role": self.cleaned_data["role"], "organisation": self.place()}


class IdentityCheckForm(KitForm):
    """How an administrator recognised the person whose factor is lost."""

    identity_check = forms.CharField(
        label=_("How did you make sure who is asking?"),
        help_text=_("For example: came in person and showed an identity card."),
        max_length=300,
    )
