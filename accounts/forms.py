"""Forms of the door and of one's own account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.context import LANGUAGE_NAMES
from accounts.models import Tenant, Terms, User
from core.forms import Check, EmailInput, KitForm, PasswordInput, Radios, SwitchField


class SignInForm(KitForm):
    """User name and password (BKG-002)."""

    login = forms.CharField(
        label=_("User name"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    stay = SwitchField(
        label=_("Stay signed in"),
        help_text=_("Only at a place that nobody else uses."),
    )


class CodeForm(KitForm):
    """The second factor's code (BKG-003)."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_(
            "Your authenticator app shows it: six digits, new every 30 seconds."
        ),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "data-kind": "code",
            }
        ),
    )
    remember = SwitchField(
        label=_("Remember the second factor"),
        help_text=_("For 30 days, in this browser only."),
    )


class EnrolForm(KitForm):
    """The first code of a new authenticator app."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that the app shows now."),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "data-kind": "code",
            }
        ),
    )


class RecoveryForm(KitForm):
    """One of the ten recovery codes."""

    code = forms.CharField(
        label=_("Recovery code"),
        help_text=_("One of the ten codes that you kept, for example K7QF2-9MXTB."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters"}
        ),
    )


class ForgottenForm(KitForm):
    """Whose password is forgotten."""

    login = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )


def new_password_field() -> forms.CharField:
    """A field for a password that is being chosen."""
    return forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters: several words, for example."),
        strip=False,
        max_length=1000,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewPasswordForm(KitForm):
    """A new password, judged for this person."""

    password = new_password_field()

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The password; refused when it is easy to guess."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class ChangePasswordForm(NewPasswordForm):
    """The present password and the new one."""

    current = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=1000,
        widget=PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["current", "password"]


class NamesForm(KitForm):
    """The person's own name."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class AcceptForm(NamesForm, NewPasswordForm):
    """What an invited person says to get an account."""

    username = forms.RegexField(
        r"^[\w.@+-]+$",
        label=_("User name"),
        max_length=80,
        error_messages={"invalid": _("Letters, digits and . @ + - _ only.")},
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    field_order = ["first_name", "last_name", "username", "password"]


class ProfileForm(NamesForm):
    """One's own name, address and language."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("A change is told at the former address and at the new one."),
        max_length=254,
        widget=EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("Language of the system"), widget=Radios)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        own = {
            name: getattr(user, name)
            for name in ("first_name", "last_name", "email", "language")
        }
        super().__init__(*args, initial=own, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, LANGUAGE_NAMES[code]) for code in sorted(user.tenant.languages)
        ]


class AcceptTermsForm(KitForm):
    """« J'accepte »: the version that stood on the page, and no other."""

    version = forms.CharField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read the terms of use and accept them"), widget=Check
    )

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        # What stands on the page now, whichever was sent.
        self.shown = str(terms.pk)

    def clean(self) -> None:
        """A version that was replaced meanwhile is not accepted unread."""
        if self.cleaned_data.get("version") != self.shown:
            raise forms.ValidationError(
                _("There is a newer version: read this one, please.")
            )


class TermsForm(KitForm):
    """The text of terms, in every language of the authority."""

    def __init__(
        self, *args: Any, tenant: Tenant, former: Terms | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = sorted(tenant.languages, reverse=True)
        for code in self.codes:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": LANGUAGE_NAMES[code]},
                help_text=_(
                    "An empty line between paragraphs. A line that begins with ## is a"
                    " heading, lines that begin with - are a list."
                ),
                max_length=50_000,
                initial=getattr(former, f"text_{code}", ""),
                widget=forms.Textarea(attrs={"rows": 18, "lang": code}),
            )
        self.describe()

    def texts(self) -> dict[str, str]:
        """Language → text of a valid form."""
        return {code: self.cleaned_data[f"text_{code}"] for code in self.codes}


class OpenAccountForm(AcceptForm):
    """A citizen's account: the address is the user name (CTR-024)."""

    username = None  # type: ignore[assignment]
    field_order = ["first_name", "last_name", "password"]


class RegisterForm(KitForm):
    """« Créer un compte »: the address, and a field that only programs fill in."""

    email = forms.EmailField(label=_("E-mail"), widget=EmailInput)
    website = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
