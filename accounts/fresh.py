"""A fresh code before a change of factor, codes or address (ASVS 7.5.1)."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import attempts
from accounts.actions import factor
from accounts.limits import FRESH_FOR
from accounts.models import User
from accounts.requests import PersonRequest
from core.dates import now
from core.errors import Refusal
from core.forms import KitForm, KitModelForm, PasswordInput
from core.middleware import client_address

NOTE = "proved_at"
RECOVERY_LETTERS = 10


def is_fresh(request: PersonRequest) -> bool:
    """Whether the last code is at most ten minutes old."""
    age = now().timestamp() - float(request.session.get(NOTE, 0))
    return age <= FRESH_FOR.total_seconds()


def prove(request: PersonRequest, typed: str) -> None:
    """Takes a code of the app or a recovery code; the password of who has no factor.

    Raises Refusal, and TooManyAttempts when it is guessed at.
    """
    user = request.user
    keys = attempts.keys_for(
        "code", str(user.pk), client_address(request), known_browser=True
    )
    attempts.count(keys)
    _judge(user, typed)
    attempts.forgive(keys)
    request.session[NOTE] = now().timestamp()


def _judge(user: User, typed: str) -> None:
    if not hasattr(user, "totp"):
        if not user.check_password(typed):
            raise Refusal(_("This is not your present password."), field="code")
    elif len(factor.clean(typed)) == RECOVERY_LETTERS:
        factor.use_recovery_code(user=user, code=typed)
    else:
        factor.use_code(user=user, code=typed)


def proof_field(user: User) -> forms.CharField:
    """A code; or the password, where there is no second factor."""
    if hasattr(user, "totp"):
        return forms.CharField(
            label=_("Code"),
            help_text=_("The six digits that the app shows now, or a recovery code."),
            max_length=20,
            widget=forms.TextInput(
                attrs={"autocomplete": "one-time-code", "data-kind": "code"}
            ),
        )
    return forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=1000,
        widget=PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProofForm(KitForm):
    """The code alone."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = proof_field(user)
        self.describe()


def lead_to_proof(back: str) -> HttpResponse:
    """To the page that asks for a code, and from there back."""
    return redirect(f"{reverse('accounts:prove')}?{urlencode({'next': back})}")


def ask(request: PersonRequest, form: KitForm | KitModelForm, when: Any) -> None:
    """Adds the field to a form when there is no fresh code; `when` says what it is for."""
    if not is_fresh(request):
        form.fields["code"] = proof_field(request.user)
        form.fields["code"].required = False
        form.fields["code"].help_text = when
        form.describe()


def stands_behind(request: PersonRequest, form: KitForm | KitModelForm) -> bool:
    """Whether a fresh code stands behind a valid form; else the form says what is missing."""
    if is_fresh(request):
        return True
    try:
        prove(request, form.cleaned_data.get("code", ""))
    except Refusal as error:
        form.refuse(error, field="code")
        return False
    return True


def ask_for_an_invitation(request: PersonRequest, form: KitForm | KitModelForm) -> None:
    """The code beside a field `invite`, which makes somebody an administrator."""
    ask(request, form, _("Only to invite an administrator."))


def behind_an_invitation(request: PersonRequest, form: KitForm | KitModelForm) -> bool:
    """Whether a fresh code stands behind inviting an administrator (TRUST §2.3.6)."""
    return not form.cleaned_data.get("invite") or stands_behind(request, form)
