"""Following an invitation: a new account, or a role more for an existing one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions import people
from accounts.forms import AcceptForm, OpenAccountForm
from accounts.models import Invitation, Membership, User
from accounts.requests import PublicRequest
from accounts.roles import role
from accounts.secrets import token_hash
from accounts.views import half
from core.access import public, signed_in
from core.errors import Refusal

NOTE = "invitation"


@public()
def follow_link(request: PublicRequest, token: str) -> HttpResponse:
    """Takes the token out of the address at once, without using it up."""
    request.session[NOTE] = token_hash(token)
    return redirect("accounts:invitation")


def _noted(request: PublicRequest) -> Invitation | None:
    return people.invitation_of(
        tenant=request.tenant, hashed=request.session.get(NOTE, "")
    )


@public(methods="GET POST")
@sensitive_post_parameters("password")
def invitation(request: PublicRequest) -> HttpResponse:
    """Says what one is invited to; makes the account of someone new."""
    row = _noted(request)
    if row is None:
        return render(request, "accounts/link_gone.html", {"reset": False}, status=410)
    context = {"invitation": row, "role": role(row.role)}
    if request.user.is_authenticated:
        context["fits"] = request.user.email.lower() == row.email.lower()
        return render(request, "accounts/invitation_signed_in.html", context)
    if User.objects.of(request.tenant).filter(email__iexact=row.email).exists():
        return render(request, "accounts/invitation_known.html", context)
    form_class = AcceptForm if role(row.role).second_factor else OpenAccountForm
    form = form_class(request.POST or None, user=User(email=row.email))
    if request.method == "POST" and form.is_valid():
        try:
            user = people.create_person(
                tenant=request.tenant,
                email=row.email,
                language=request.LANGUAGE_CODE or row.language,
                **{"username": row.email, **form.cleaned_data},
            )
        except Refusal as error:
            form.refuse(error, field="username")
        else:
            return _on_to_the_factor(request, row, user)
    status = 422 if form.is_bound else 200
    context["form"] = form
    return render(request, "accounts/invitation.html", context, status=status)


def _on_to_the_factor(
    request: PublicRequest, row: Invitation, user: User
) -> HttpResponse:
    """The role waits until the second factor stands, where the role asks for one."""
    half.begin(request, user, stay=False, next_page="/")
    request.session[NOTE] = row.token_hash
    note = half.read(request)
    if note is None or role(row.role).second_factor:
        return redirect("accounts:enrol")
    half.finish(request, note)
    accept_pending(request, user)
    return half.leave_for(request, note, remember=False)


def accept_pending(request: PublicRequest, user: User) -> Membership | None:
    """Grants the role noted in the session to someone who has just wholly signed in."""
    row = _noted(request)
    request.session.pop(NOTE, None)
    if row is None:
        return None
    try:
        return people.accept(invitation=row, user=user)
    except Refusal:
        return None


@signed_in(methods="POST")
def accept(request: PublicRequest) -> HttpResponse:
    """Someone signed in takes the role."""
    row = _noted(request)
    if row is None:
        return render(request, "accounts/link_gone.html", {"reset": False}, status=410)
    try:
        membership = people.accept(invitation=row, user=request.user)  # type: ignore[arg-type]
    except Refusal:
        return redirect("accounts:invitation")
    request.session.pop(NOTE, None)
    request.session["membership"] = str(membership.pk)
    return redirect("accounts:home")
