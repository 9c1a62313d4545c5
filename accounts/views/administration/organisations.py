"""The organisations of the authority: who they are, whether they work, who looks after them."""

import uuid
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import fresh
from accounts.access import OPERATOR
from accounts.actions import organisations as actions
from accounts.models import Organisation
from accounts.organisation_forms import OrganisationForm, OrganisationsImportForm
from accounts.requests import OrganisationRequest
from core.access import allow
from core.dates import now
from core.errors import Refusal
from core.import_views import import_page
from core.search import alphabetical, fits, words_of

PER_PAGE = 50


def _rows(request: OrganisationRequest) -> QuerySet[Organisation]:
    usable = Q(memberships__user__blocked_at=None)
    waiting = Q(
        invitations__accepted_at=None,
        invitations__revoked_at=None,
        invitations__expires_at__gt=now(),
    )
    rows: QuerySet[Organisation] = Organisation.objects.of(request.tenant).annotate(
        people=Count("memberships__user", usable, distinct=True),
        administrators=Count(
            "memberships__user",
            usable & Q(memberships__administrator=True),
            distinct=True,
        ),
        invited=Count("invitations", waiting, distinct=True),
    )
    return rows


@allow(OPERATOR)
def organisations(request: OrganisationRequest) -> HttpResponse:
    """All of them, with how many people they have; those that nobody administers are marked."""
    words = words_of(request)
    rows = _rows(request).filter(fits(words, "name"))
    rows = rows.order_by("-active", *alphabetical("name"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words}
    return render(request, "accounts/administration/organisations.html", context)


@allow(OPERATOR, methods="GET POST")
def add_organisation(request: OrganisationRequest) -> HttpResponse:
    """A new one, with an invitation for whoever will administer it."""
    return _edit(request, None)


@allow(OPERATOR, methods="GET POST")
def organisation(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """One of them, to change, deactivate, or open again."""
    return _edit(request, get_object_or_404(_rows(request), pk=pk))


def _edit(request: OrganisationRequest, row: Organisation | None) -> HttpResponse:
    form = OrganisationForm(request.POST or None, instance=row, by=request.membership)
    if row is None:
        fresh.ask_for_an_invitation(request, form)
    if (
        request.method == "POST"
        and form.is_valid()
        and fresh.behind_an_invitation(request, form)
    ):
        try:
            actions.save_organisation(
                by=request.membership,
                organisation=form.instance,
                first_administrator=form.cleaned_data.get("invite", ""),
                role=form.cleaned_data.get("role", ""),
            )
        except Refusal as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:organisations")
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "row": row,
        "own": row is not None and row.pk == request.organisation.pk,
    }
    return render(
        request, "accounts/administration/organisation.html", context, status=status
    )


@allow(OPERATOR, methods="POST")
def set_active(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """« Désactiver », « Réactiver »."""
    row = get_object_or_404(Organisation.objects.of(request.tenant), pk=pk)
    active = request.POST.get("active") == "1"
    try:
        actions.set_active(by=request.membership, organisation=row, active=active)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        words = (
            _("%(name)s works again.")
            if active
            else _("%(name)s is deactivated: its people reach nothing of it any more.")
        )
        messages.success(request, words % {"name": row})
    return redirect("accounts:organisation", pk=pk)


@allow(OPERATOR, methods="GET POST")
def import_organisations(request: OrganisationRequest) -> HttpResponse:
    """A list: first what it would do, then the real thing."""
    return import_page(
        request,
        form=OrganisationsImportForm(request.POST or None, request.FILES or None),
        plan=partial(actions.plan_import, request.tenant),
        work=partial(actions.import_organisations, by=request.membership),
        title=_("Import organisations"),
        back=reverse("accounts:organisations"),
    )
