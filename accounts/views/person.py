"""One person, for who looks after them: roles, blocking, sessions, lost factor."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import fresh, queries, rules
from accounts.access import OPERATOR
from accounts.actions import care, roles
from accounts.models import Membership, User
from accounts.requests import OrganisationRequest
from accounts.roles import role
from accounts.team_forms import GiveRoleForm, IdentityCheckForm
from accounts.views.team import state_of
from core import journal
from core.access import administrators
from core.errors import Refusal


def _people(request: OrganisationRequest) -> QuerySet[User]:
    return queries.people(request.membership)


def _roles(request: OrganisationRequest) -> QuerySet[Membership]:
    return queries.memberships(request.membership)


@administrators(OPERATOR)
def person(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """What is known of a person's access, and what may be done about it; journalled."""
    found = get_object_or_404(_people(request), pk=pk)
    if found.pk != request.user.pk:
        journal.record(
            "person.read",
            tenant_id=request.tenant.pk,
            actor_id=request.user.pk,
            subject_id=found.pk,
        )
    return _page(request, found)


def _page(
    request: OrganisationRequest, user: Any, form: GiveRoleForm | None = None
) -> HttpResponse:
    by = request.membership
    form = form or GiveRoleForm(by=by, user=user)
    context = {
        "person": user,
        "state": state_of(user),
        "has_factor": hasattr(user, "totp"),
        "roles": [
            {
                "row": row,
                "role": role(row.role),
                "can_take": rules.can_take(by, row),
                "can_mark": rules.can_mark(by, row),
            }
            for row in user.roles_seen
        ],
        "can_look_after": rules.can_look_after(by, user),
        "own": user.pk == by.user_id,
        "sessions": user.sessions.count(),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/person.html", context, status=status)


def _do(
    request: OrganisationRequest, user: User, act: Callable[[], object], done: str
) -> HttpResponse:
    """Does it, says so or why not, and leads back to the person, if still within reach."""
    try:
        act()
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, done % {"person": user})
    if _people(request).filter(pk=user.pk).exists():
        return redirect("accounts:person", pk=user.pk)
    return redirect("accounts:team")


@administrators(OPERATOR, methods="POST")
def block(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Blocks, or lets in again, as the button said."""
    by, user = request.membership, get_object_or_404(_people(request), pk=pk)
    if request.POST.get("blocked") == "1":
        done = _("%(person)s is blocked and signed out everywhere.")
        return _do(request, user, lambda: care.block(by=by, user=user), done)
    done = _("%(person)s may sign in again.")
    return _do(request, user, lambda: care.unblock(by=by, user=user), done)


@administrators(OPERATOR, methods="POST")
def close_sessions(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Signs the person out everywhere."""
    by, user = request.membership, get_object_or_404(_people(request), pk=pk)
    done = _("%(person)s is signed out everywhere.")
    return _do(request, user, lambda: care.close_sessions(by=by, user=user), done)


@administrators(OPERATOR, methods="POST")
def send_password_reset(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Sends the person a link to set a new password."""
    by, user = request.membership, get_object_or_404(_people(request), pk=pk)
    done = _("A link to set a new password is on its way to %(person)s.")
    return _do(request, user, lambda: care.send_password_reset(by=by, user=user), done)


@administrators(OPERATOR, methods="GET POST")
def reset_factor(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Takes a lost second factor away, after a written identity check (BKG-005)."""
    user = get_object_or_404(_people(request), pk=pk)
    form = IdentityCheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            care.reset_lost_factor(
                by=request.membership,
                user=user,
                identity_check=form.cleaned_data["identity_check"],
            )
        except Refusal as error:
            form.refuse(error)
        else:
            sentence = _("%(person)s will set up a new second factor when signing in.")
            messages.success(request, sentence % {"person": user})
            return redirect("accounts:person", pk=user.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "person": user}
    return render(request, "accounts/reset_factor.html", context, status=status)


@administrators(OPERATOR, methods="POST")
def give_role(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """One role more."""
    user = get_object_or_404(_people(request), pk=pk)
    form = GiveRoleForm(request.POST, by=request.membership, user=user)
    if form.is_valid():
        try:
            roles.give(by=request.membership, user=user, **form.chosen())
        except Refusal as error:
            form.refuse(error)
        else:
            messages.success(request, _("The role is given; the person is told."))
            return redirect("accounts:person", pk=user.pk)
    return _page(request, user, form)


@administrators(OPERATOR, methods="POST")
def take_role(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """A role is withdrawn."""
    row = get_object_or_404(_roles(request), pk=pk)
    done = _("The role is withdrawn; %(person)s is told.")
    by = request.membership
    return _do(request, row.user, lambda: roles.take(by=by, row=row), done)


@administrators(OPERATOR, methods="POST")
def mark_administrator(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Makes somebody administrator of the organisation of this role, or no longer, as the
    button said.
    """
    row = get_object_or_404(_roles(request), pk=pk)
    wished = request.POST.get("administrator") == "1"
    if wished and not fresh.is_fresh(request):
        return fresh.lead_to_proof(reverse("accounts:person", args=[row.user_id]))
    done = (
        _("%(person)s administers the organisation.")
        if wished
        else _("%(person)s no longer administers the organisation.")
    )
    return _do(
        request,
        row.user,
        lambda: roles.mark_administrator(
            by=request.membership, row=row, administrator=wished
        ),
        done,
    )
