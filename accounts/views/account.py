"""One's own account: password, recovery codes, remembered browsers; switching organisations."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import attempts
from accounts.actions import factor, sign_in
from accounts.forms import ChangePasswordForm, EnrolForm
from accounts.requests import HouseRequest, PersonRequest
from accounts.roles import registry
from core.access import public, signed_in
from core.dates import now
from core.errors import Refusal
from core.middleware import client_address


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


@signed_in()
def account(request: PersonRequest) -> HttpResponse:
    """« Mon compte »."""
    browsers = request.user.remembered_browsers.filter(expires_at__gt=now())
    return render(
        request,
        "accounts/account.html",
        {
            "browsers": browsers.order_by("-created_at"),
            "codes_left": request.user.recovery_codes.filter(used_at=None).count(),
        },
    )


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
    """Ten new recovery codes, after a fresh code of the app."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = attempts.keys_for(
            "code", str(request.user.pk), client_address(request), known_browser=True
        )
        try:
            attempts.count(keys)
            factor.use_code(user=request.user, code=form.cleaned_data["code"])
        except Refusal as error:
            form.refuse(error)
        else:
            attempts.forgive(keys)
            codes = factor.renew_recovery_codes(user=request.user)
            context = {"codes": codes, "next": "/", "renewed": True}
            return render(request, "accounts/recovery_codes.html", context)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/renew_codes.html", {"form": form}, status=status)


@signed_in(methods="POST")
def forget_browser(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """This browser is asked for the second factor again."""
    get_object_or_404(request.user.remembered_browsers, pk=pk).delete()
    messages.success(request, _("This browser will be asked for a code again."))
    return redirect("accounts:account")


@signed_in(methods="POST")
def switch(request: PersonRequest) -> HttpResponse:
    """Works in another of one's organisations or roles from now on."""
    wished = request.POST.get("membership", "")
    if any(str(row.pk) == wished for row in request.memberships):
        request.session["membership"] = wished
    return redirect("accounts:home")
