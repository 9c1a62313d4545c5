"""The door: password, code, enrolling an authenticator app, signing out (BKG-001 to 005)."""

from typing import Protocol

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from accounts import attempts, rules
from accounts.actions import factor, registration, sign_in
from accounts.forms import CodeForm, EnrolForm, RecoveryForm, SignInForm
from accounts.models import User
from accounts.requests import PublicRequest
from accounts.views import half, invitations
from core import qr
from core.access import public, signed_in
from core.errors import Refusal
from core.middleware import client_address


class UseCode(Protocol):
    """Accepts a code once, or raises Refusal."""

    def __call__(self, *, user: User, code: str) -> None: ...


def _status(refusal: Refusal | None, form_valid: bool) -> int:
    if isinstance(refusal, attempts.TooManyAttempts):
        return 429
    return 200 if form_valid and refusal is None else 422


@public(methods="GET POST")
@sensitive_post_parameters("password")
def enter(request: PublicRequest) -> HttpResponse:
    """« Ouvrir une session »: user name and password."""
    next_page = half.safe_next(request, request.GET.get("next", "/"))
    if request.user.is_authenticated:
        return redirect(next_page)
    form = SignInForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            user = sign_in.check_password(
                tenant=request.tenant,
                login=form.cleaned_data["login"],
                password=form.cleaned_data["password"],
                address=client_address(request),
                known_browser_of=half.known_browser_of(request),
            )
        except Refusal as error:
            refusal = error
            form.refuse(error)
        else:
            stay = form.cleaned_data["stay"]
            half.begin(request, user, stay=stay, next_page=next_page)
            return _after_password(request, user)
    status = 200 if request.method == "GET" else _status(refusal, form.is_valid())
    context = {
        "form": form,
        "open_role": registration.open_role(request.tenant),
        "ended": "ended" in request.GET,
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def _after_password(request: PublicRequest, user: User) -> HttpResponse:
    """On to the code, to enrolling, or in at once where this browser is remembered."""
    note = half.read(request)
    if note is None:
        return redirect("accounts:sign_in")
    enrolled = hasattr(user, "totp")
    if not enrolled and rules.needs_factor(user):
        return redirect("accounts:enrol")
    token = request.COOKIES.get(settings.FACTOR_COOKIE_NAME, "")
    if not enrolled or (token and factor.is_remembered(user=user, token=token)):
        half.finish(request, note, proved=not enrolled)
        return half.leave_for(request, note, remember=False)
    return redirect("accounts:code")


@public(methods="GET POST")
def code(request: PublicRequest) -> HttpResponse:
    """« Code »: the second factor, each time (BKG-003)."""
    return _second_step(request, CodeForm, "accounts/code.html", factor.use_code)


@public(methods="GET POST")
def recovery_code(request: PublicRequest) -> HttpResponse:
    """A recovery code instead, when the phone is lost (BKG-005)."""
    return _second_step(
        request, RecoveryForm, "accounts/recovery_code.html", factor.use_recovery_code
    )


def _second_step(
    request: PublicRequest,
    form_class: type[CodeForm] | type[RecoveryForm],
    template: str,
    use: UseCode,
) -> HttpResponse:
    note = half.read(request)
    if note is None:
        return redirect("accounts:sign_in")
    if not hasattr(note.user, "totp"):
        return redirect("accounts:enrol")
    form = form_class(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        keys = attempts.keys_for(
            "code",
            str(note.user.pk),
            client_address(request),
            known_browser=str(note.user.pk) in half.known_browser_of(request),
        )
        try:
            attempts.count(keys)
            use(user=note.user, code=form.cleaned_data["code"])
        except Refusal as error:
            refusal = error
            form.refuse(error)
        else:
            attempts.forgive(keys)
            half.finish(request, note)
            remember = form.cleaned_data.get("remember", False)
            return half.leave_for(request, note, remember=remember)
    status = 200 if request.method == "GET" else _status(refusal, form.is_valid())
    context = {"form": form, "person": note.user}
    return render(request, template, context, status=status)


@public(methods="GET POST")
def enrol(request: PublicRequest) -> HttpResponse:
    """Step by step: any authenticator app, QR code or text, a code to confirm (BKG-003)."""
    note = half.read(request)
    if note is None:
        return redirect("accounts:sign_in")
    if hasattr(note.user, "totp"):
        return redirect("accounts:code")
    seed = half.seed_for(request, note)
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = factor.enrol(
                user=note.user, seed=seed, code=form.cleaned_data["code"]
            )
        except Refusal as error:
            form.refuse(error)
        else:
            return _welcome(request, note, codes)
    context = {
        "form": form,
        "person": note.user,
        "seed": factor.seed_as_text(seed),
        "qr": qr.svg(factor.enrolment_address(note.user, seed)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/enrol.html", context, status=status)


def _welcome(request: PublicRequest, note: half.Half, codes: list[str]) -> HttpResponse:
    """Signed in for the first time: the recovery codes, shown this once."""
    half.finish(request, note)
    accepted = invitations.accept_pending(request, note.user)
    response = render(
        request,
        "accounts/recovery_codes.html",
        {
            "codes": codes,
            "person": note.user,
            "accepted": accepted,
            "renewed": False,
            "next": half.safe_next(request, note.next),
        },
    )
    half.mark_browser(request, response, note, remember=False)
    return response


@signed_in(methods="POST", before_terms=True)
def leave(request: PublicRequest) -> HttpResponse:
    """« Fermer la session »."""
    logout(request)
    response = redirect("accounts:sign_in")
    response["Clear-Site-Data"] = '"cache"'
    return response
