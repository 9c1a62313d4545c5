"""The people of an organisation, for its administrators; of the tenant, for its operators."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import fresh, queries, rules
from accounts.access import OPERATOR
from accounts.actions import people
from accounts.models import Invitation
from accounts.requests import OrganisationRequest
from accounts.roles import role
from accounts.team_forms import InviteForm, PeopleForm
from core.access import administrators
from core.dates import now
from core.errors import Refusal

PER_PAGE = 50
SHORT = 10  # a list of so many needs no filter


def _waiting(request: OrganisationRequest) -> QuerySet[Invitation]:
    return queries.invitations(request.membership)


@administrators(OPERATOR)
def team(request: OrganisationRequest) -> HttpResponse:
    """Everybody within reach, and who is invited."""
    by = request.membership
    form = PeopleForm(request.GET or None, by=by)
    page = Paginator(queries.wanted_people(by, form.wanted()), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [
        {
            "person": person,
            "roles": [
                {"row": row, "role": role(row.role)} for row in person.roles_seen
            ],
            "administrator": any(row.administrator for row in person.roles_seen),
            "has_factor": hasattr(person, "totp"),
            "state": state_of(person),
        }
        for person in page
    ]
    context = {
        "form": form,
        "filters": form.narrows() or page.paginator.count > SHORT or _wide(request),
        "narrowed": form.narrows(),
        "page": page,
        "rows": rows,
        "wide": _wide(request),
        **_invitations(request),
    }
    return render(request, "accounts/team.html", context)


def _wide(request: OrganisationRequest) -> bool:
    """Whether people of several organisations stand in the list."""
    return rules.sees_all_people(request.membership)


def state_of(person: Any) -> str:
    """The badge: blocked, never signed in, or active."""
    if person.blocked_at:
        return "blocked"
    return "active" if person.last_login else "new"


def _invitations(request: OrganisationRequest) -> dict[str, Any]:
    at = now()
    rows = [
        {"row": row, "role": role(row.role), "lapsed": row.expires_at <= at}
        for row in _waiting(request)
    ]
    return {
        "waiting": rows,
        "waiting_count": sum(not row["lapsed"] for row in rows),
    }


@administrators(OPERATOR, methods="GET POST")
def invite(request: OrganisationRequest) -> HttpResponse:
    """Invites an address into a role; one that the form never offered is forbidden."""
    by = request.membership
    form = InviteForm(
        request.POST or None,
        by=by,
        initial={
            "language": request.LANGUAGE_CODE,
            "organisation": request.GET.get("organisation"),
        },
    )
    fresh.ask(request, form, _("Only to invite an administrator."))
    wished = request.POST.get("role")
    if wished and not rules.can_invite(by, wished, form.place()):
        raise PermissionDenied
    if request.method == "POST" and form.is_valid() and _proved(request, form):
        try:
            people.invite(by=by, **form.chosen())
        except Refusal as error:
            form.refuse(error)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:team")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


def _proved(request: OrganisationRequest, form: InviteForm) -> bool:
    """Whether a fresh code stands behind inviting an administrator (TRUST §2.3.6)."""
    administrator = form.cleaned_data["administrator"]
    return not administrator or fresh.stands_behind(request, form)


@administrators(OPERATOR, methods="POST")
def withdraw(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """An invitation is withdrawn; its link is dead."""
    row = get_object_or_404(_waiting(request), pk=pk)
    try:
        people.withdraw(by=request.membership, invitation=row)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:team")


@administrators(OPERATOR, methods="POST")
def renew(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """The invitation is sent anew, with a link that replaces the former one.

    An administrator's needs a fresh code, as inviting one does.
    """
    row = get_object_or_404(_waiting(request), pk=pk)
    if row.administrator and not fresh.is_fresh(request):
        return fresh.lead_to_proof(reverse("accounts:team"))
    try:
        people.renew(by=request.membership, invitation=row)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(
            request, _("A new link is on its way; the former one is dead.")
        )
    return redirect("accounts:team")
