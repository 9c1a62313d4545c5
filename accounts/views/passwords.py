"""« Mot de passe oublié »: asking for a link, following it, setting a new password (BKG-004)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from accounts import attempts
from accounts.actions import sign_in
from accounts.forms import ForgottenForm, NewPasswordForm
from accounts.requests import PublicRequest
from accounts.secrets import token_hash
from core.access import public
from core.errors import Refusal
from core.middleware import client_address

NOTE = "password_reset"


@public(methods="GET POST")
def forgotten(request: PublicRequest) -> HttpResponse:
    """Asks whose password is forgotten; the answer is the same whoever it is."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login = form.cleaned_data["login"]
        address = client_address(request)
        keys = attempts.keys_for(
            "reset", f"{request.tenant.pk}|{login.lower()}", address, known_browser=True
        )
        try:
            attempts.count(keys)
        except Refusal as error:
            form.refuse(error)
            context = {"form": form}
            return render(request, "accounts/forgotten.html", context, status=429)
        sign_in.ask_password_reset(tenant=request.tenant, login=login)
        return render(request, "accounts/forgotten_sent.html")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/forgotten.html", {"form": form}, status=status)


@public()
def follow_link(request: PublicRequest, token: str) -> HttpResponse:
    """Takes the token out of the address at once, without using it up."""
    request.session[NOTE] = token_hash(token)
    return redirect("accounts:reset")


@public(methods="GET POST")
@sensitive_post_parameters("password")
def reset(request: PublicRequest) -> HttpResponse:
    """Sets the new password; the second factor is asked for as ever."""
    row = sign_in.reset_of(tenant=request.tenant, hashed=request.session.get(NOTE, ""))
    if row is None:
        return render(request, "accounts/link_gone.html", {"reset": True}, status=410)
    form = NewPasswordForm(request.POST or None, user=row.user)
    if request.method == "POST" and form.is_valid():
        sign_in.set_password(user=row.user, password=form.cleaned_data["password"])
        request.session.flush()
        return render(request, "accounts/reset_done.html")
    status = 422 if form.is_bound else 200
    context = {"form": form, "person": row.user}
    return render(request, "accounts/reset.html", context, status=status)
