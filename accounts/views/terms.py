"""Terms of use: read by anybody, accepted by everybody, written by the operator."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import terms_text
from accounts.access import OPERATOR
from accounts.actions import terms as actions
from accounts.forms import AcceptTermsForm, TermsForm
from accounts.models import Terms, User
from accounts.requests import OrganisationRequest, PersonRequest, PublicRequest
from accounts.views import half
from core.access import allow, public, signed_in
from core.errors import Refusal


@public()
def terms(request: PublicRequest) -> HttpResponse:
    """The version in force."""
    if request.tenant.terms is None:
        raise Http404
    context = {"terms": request.tenant.terms, "blocks": _blocks(request)}
    return render(request, "accounts/terms.html", context)


def _blocks(request: PublicRequest) -> list[terms_text.Block]:
    row = request.tenant.terms
    return terms_text.blocks(row.text) if row else []


@signed_in(methods="GET POST", before_terms=True)
def accept_terms(request: PersonRequest) -> HttpResponse:
    """Nobody goes on before the version in force is accepted."""
    next_page = half.safe_next(request, request.GET.get("next", "/"))
    if actions.has_accepted(request.user, request.tenant) or not request.tenant.terms:
        return redirect(next_page)
    form = AcceptTermsForm(request.POST or None, terms=request.tenant.terms)
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept(user=request.user, terms=request.tenant.terms)
        except Refusal as error:
            form.refuse(error)
        else:
            return redirect(next_page)
    context = {
        "form": form,
        "terms": request.tenant.terms,
        "blocks": _blocks(request),
        "again": request.user.terms_accepted.exists(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/accept_terms.html", context, status=status)


@allow(OPERATOR)
def terms_versions(request: OrganisationRequest) -> HttpResponse:
    """All versions, and the draft."""
    rows = Terms.objects.of(request.tenant).filter(published_at__isnull=False)
    context = {
        "rows": rows.select_related("published_by").order_by("-number"),
        "draft": actions.draft_of(request.tenant),
        "accepted": _accepted(request),
        "people": _active(request).count(),
    }
    return render(request, "accounts/terms_versions.html", context)


def _active(request: OrganisationRequest) -> Any:
    return User.objects.of(request.tenant).filter(blocked_at=None)


def _accepted(request: OrganisationRequest) -> int:
    """How many of those who may sign in have accepted the version in force."""
    accepted = _active(request).filter(terms_accepted__terms=request.tenant.terms_id)
    return int(accepted.count())


@allow(OPERATOR)
def terms_version(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """A version as it was published, in every language."""
    row = get_object_or_404(Terms.objects.of(request.tenant), pk=pk)
    context = {"terms": row, "texts": _texts(request, row), "draft": False}
    return render(request, "accounts/terms_version.html", context)


def _texts(request: OrganisationRequest, row: Terms) -> list[dict[str, Any]]:
    return [
        {"language": code, "blocks": terms_text.blocks(getattr(row, f"text_{code}"))}
        for code in sorted(request.tenant.languages, reverse=True)
    ]


@allow(OPERATOR, methods="GET POST")
def terms_draft(request: OrganisationRequest) -> HttpResponse:
    """Writes the next version; begins with the text in force."""
    former = actions.draft_of(request.tenant) or request.tenant.terms
    form = TermsForm(request.POST or None, tenant=request.tenant, former=former)
    if request.method == "POST" and form.is_valid():
        actions.write_draft(by=request.membership, texts=form.texts())
        return redirect("accounts:terms_preview")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/terms_draft.html", {"form": form}, status=status)


@allow(OPERATOR)
def terms_preview(request: OrganisationRequest) -> HttpResponse:
    """The draft as people will read it, before it is published."""
    row = actions.draft_of(request.tenant)
    if row is None:
        return redirect("accounts:terms_draft")
    context = {
        "terms": row,
        "texts": _texts(request, row),
        "draft": True,
        "people": _active(request).count(),
    }
    return render(request, "accounts/terms_version.html", context)


@allow(OPERATOR, methods="POST")
def publish_terms(request: OrganisationRequest) -> HttpResponse:
    """The draft is in force from now on."""
    try:
        row = actions.publish(by=request.membership)
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        sentence = _("Version %(number)d is in force.") % {"number": row.number}
        messages.success(request, sentence)
    return redirect("accounts:terms_versions")
