"""One's own account: profile, password, second factor, sessions; switching organisations."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import fresh
from accounts.actions import factor, people, sessions, sign_in
from accounts.browsers import in_words
from accounts.forms import ChangePasswordForm, EnrolForm, ProfileForm
from accounts.requests import HouseRequest, PersonRequest
from accounts.roles import registry
from accounts.sessions import row_key
from accounts.views import half
from core import qr
from core.access import public, signed_in
from core.dates import now
from core.errors import Refusal
from core.middleware import client_address

ACCOUNT = "/account/"
PROFILE = ("first_name", "last_name", "email", "language")


@public(without_tenant=True)
def home(request: HouseRequest) -> HttpResponse:
    """The start page: the first page of one's work, or the door."""
    if request.tenant is None:
        if settings.DEMO:
            return redirect("demo:index")
        raise Http404
    if not request.user.is_authenticated:
        return redirect("accounts:sign_in")
    for area in registry.areas:
        membership = request.membership
        if membership and area.is_for(membership.role, request.tenant.apps):
            return redirect(area.pages[0].url_name)
    return redirect("accounts:account")


def _current(request: PersonRequest) -> str:
    """The key of this session's row."""
    return row_key(request.session.session_key or "")


@signed_in()
def account(request: PersonRequest) -> HttpResponse:
    """« Mon compte »."""
    user = request.user
    browsers = user.remembered_browsers.filter(expires_at__gt=now())
    return render(
        request,
        "accounts/account.html",
        {
            "browsers": [
                {"row": row, "words": in_words(row.user_agent)}
                for row in browsers.order_by("-created_at")
            ],
            "sessions": [
                {"row": row, "words": in_words(row.user_agent)}
                for row in sessions.open_sessions(user, current=_current(request))
            ],
            "has_factor": hasattr(user, "totp"),
            "codes_left": user.recovery_codes.filter(used_at=None).count(),
        },
    )


@signed_in(methods="GET POST")
def profile(request: PersonRequest) -> HttpResponse:
    """One's own name, address and language; a new address asks for a fresh code."""
    user = request.user
    form = ProfileForm(request.POST or None, user=user)
    fresh.ask(request, form, _("Only to change the e-mail address."))
    if request.method == "POST" and form.is_valid():
        new = {name: form.cleaned_data[name] for name in PROFILE}
        moved = new["email"].lower() != user.email.lower()
        try:
            if not moved or fresh.stands_behind(request, form):
                people.update_profile(user=user, **new)
                with translation.override(user.language):
                    messages.success(request, _("Your data is saved."))
                return redirect("accounts:account")
        except Refusal as error:
            form.refuse(error)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@signed_in(methods="GET POST")
@sensitive_post_parameters("password", "current")
def password(request: PersonRequest) -> HttpResponse:
    """A new password; one signs in again with it."""
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            sign_in.change_password(
                user=request.user,
                current=form.cleaned_data["current"],
                password=form.cleaned_data["password"],
                address=client_address(request),
            )
        except Refusal as error:
            form.refuse(error)
        else:
            logout(request)
            messages.success(request, _("Your password is changed. Sign in with it."))
            return redirect("accounts:sign_in")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)


@signed_in(methods="GET POST")
def recovery_codes(request: PersonRequest) -> HttpResponse:
    """Ten new recovery codes, after a fresh code."""
    if not hasattr(request.user, "totp"):
        return redirect("accounts:second_factor")
    form = fresh.ProofForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            fresh.prove(request, form.cleaned_data["code"])
        except Refusal as error:
            form.refuse(error, field="code")
        else:
            codes = factor.renew_recovery_codes(user=request.user)
            context = {"codes": codes, "next": ACCOUNT, "renewed": True}
            return render(request, "accounts/recovery_codes.html", context)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/renew_codes.html", {"form": form}, status=status)


@signed_in(methods="GET POST")
def second_factor(request: PersonRequest) -> HttpResponse:
    """Another authenticator app: first a fresh code of the present one, then the new one's."""
    if not fresh.is_fresh(request):
        return _prove_first(request, reverse("accounts:second_factor"))
    seed = half.new_seed(request)
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = factor.enrol(
                user=request.user, seed=seed, code=form.cleaned_data["code"]
            )
        except Refusal as error:
            form.refuse(error)
        else:
            half.drop_seed(request)
            sessions.close_others(user=request.user, current=_current(request))
            context = {"codes": codes, "next": ACCOUNT, "renewed": False}
            return render(request, "accounts/recovery_codes.html", context)
    context = {
        "form": form,
        "seed": factor.seed_as_text(seed),
        "qr": qr.svg(factor.enrolment_address(request.user, seed)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/second_factor.html", context, status=status)


@signed_in(methods="GET POST")
def prove(request: PersonRequest) -> HttpResponse:
    """« Est-ce bien vous ? », before going back to what asked for it."""
    return _prove_first(request, half.safe_next(request, request.GET.get("next", "/")))


def _prove_first(request: PersonRequest, then: str) -> HttpResponse:
    """Asks for a code; nothing else of what was sent counts."""
    form = fresh.ProofForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            fresh.prove(request, form.cleaned_data["code"])
        except Refusal as error:
            form.refuse(error, field="code")
        else:
            return redirect(then)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/prove.html", {"form": form}, status=status)


@signed_in(methods="POST")
def forget_browser(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """This browser is asked for the second factor again."""
    browser = get_object_or_404(request.user.remembered_browsers, pk=pk)
    sessions.forget(user=request.user, browser=browser)
    messages.success(request, _("This browser will be asked for a code again."))
    return redirect("accounts:account")


@signed_in(methods="POST")
def close_session(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Closes one of one's own sessions; closing this one is signing out."""
    if not sessions.close(user=request.user, session=pk):
        raise Http404
    if _current(request).startswith(pk.hex):
        logout(request)
        return redirect("accounts:sign_in")
    messages.success(request, _("The session is closed."))
    return redirect("accounts:account")


@signed_in(methods="POST")
def close_others(request: PersonRequest) -> HttpResponse:
    """Closes all of one's own sessions but this one."""
    sessions.close_others(user=request.user, current=_current(request))
    messages.success(request, _("All other sessions are closed."))
    return redirect("accounts:account")


@signed_in(methods="POST")
def switch(request: PersonRequest) -> HttpResponse:
    """Works in another of one's organisations or roles from now on."""
    wished = request.POST.get("membership", "")
    if any(str(row.pk) == wished for row in request.memberships):
        request.session["membership"] = wished
    return redirect("accounts:home")


@signed_in(methods="POST", before_terms=True)
def keep(request: PersonRequest) -> HttpResponse:
    """« Rester connecté »: being here is noted; the header says how long it lasts now."""
    return HttpResponse(status=204)
