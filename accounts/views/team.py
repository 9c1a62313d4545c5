"""The people of an organisation, for its administrators."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actions import people
from accounts.forms import IdentityCheckForm, InviteForm
from accounts.models import Invitation, User
from accounts.requests import OrganisationRequest
from accounts.roles import role
from core.access import administrators
from core.dates import now
from core.errors import Refusal


def _people(request: OrganisationRequest) -> QuerySet[User]:
    """Those who work in the organisation chosen."""
    return (
        User.objects.of(request.tenant)
        .filter(memberships__organisation=request.organisation)
        .distinct()
    )


def _waiting(request: OrganisationRequest) -> QuerySet[Invitation]:
    return request.organisation.invitations.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=now()
    )


@administrators()
def team(request: OrganisationRequest) -> HttpResponse:
    """Everybody in the organisation, and who is invited."""
    memberships = (
        request.organisation.memberships.select_related("user", "user__totp")
        .prefetch_related("user__memberships")
        .order_by("user__last_name", "user__first_name", "role")
    )
    rows = [
        {
            "membership": row,
            "role": role(row.role),
            "has_factor": hasattr(row.user, "totp"),
            "can_block": rules.can_block(request.membership, row.user),
        }
        for row in memberships
    ]
    waiting = _waiting(request).order_by("email")
    context = {
        "rows": rows,
        "waiting": [{"row": row, "role": role(row.role)} for row in waiting],
    }
    return render(request, "accounts/team.html", context)


@administrators(methods="GET POST")
def invite(request: OrganisationRequest) -> HttpResponse:
    """Invites an address into a role; one that the form never offered is forbidden."""
    wished = request.POST.get("role")
    if wished and not rules.can_invite(request.membership, wished):
        raise PermissionDenied
    initial = {"language": request.LANGUAGE_CODE}
    form = InviteForm(request.POST or None, by=request.membership, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            people.invite(by=request.membership, **form.cleaned_data)
        except Refusal as error:
            form.refuse(error)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:team")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@administrators(methods="POST")
def withdraw(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """An invitation is withdrawn; its link is dead."""
    people.withdraw(
        by=request.membership, invitation=get_object_or_404(_waiting(request), pk=pk)
    )
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:team")


@administrators(methods="POST")
def block(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Blocks, or lets in again."""
    user = get_object_or_404(_people(request), pk=pk)
    unblocking = user.blocked_at is not None
    try:
        (people.unblock if unblocking else people.block)(
            by=request.membership, user=user
        )
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        sentence = (
            _("%(person)s may sign in again.")
            if unblocking
            else _("%(person)s is blocked and signed out everywhere.")
        )
        messages.success(request, sentence % {"person": user})
    return redirect("accounts:team")


@administrators(methods="GET POST")
def reset_factor(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Takes a lost second factor away, after a written identity check (BKG-005)."""
    user = get_object_or_404(_people(request), pk=pk)
    form = IdentityCheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.reset_lost_factor(
                by=request.membership,
                user=user,
                identity_check=form.cleaned_data["identity_check"],
            )
        except Refusal as error:
            form.refuse(error)
        else:
            sentence = _("%(person)s will set up a new second factor when signing in.")
            messages.success(request, sentence % {"person": user})
            return redirect("accounts:team")
    status = 422 if form.is_bound else 200
    context = {"form": form, "person": user}
    return render(request, "accounts/reset_factor.html", context, status=status)
