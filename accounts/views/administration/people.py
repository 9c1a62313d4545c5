"""Whom data is about: found with care, then everything that may be done about it."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import OPERATOR
from accounts.actions import privacy
from accounts.administration_forms import HoldForm
from accounts.requests import OrganisationRequest
from core import journal
from core.access import allow
from core.dates import today
from core.errors import Refusal
from core.privacy import subjects

A_YEAR = dt.timedelta(days=365)


@allow(OPERATOR)
def people(request: OrganisationRequest) -> HttpResponse:
    """« Données d'une personne »: a search over all kinds of people."""
    words = request.GET.get("q", "").strip()
    found = subjects.find(request.tenant, words)
    if words:
        journal.record(
            "people.searched",
            tenant_id=request.tenant.pk,
            actor_id=request.user.pk,
            detail={"found": len(found)},
        )
    kinds = {one.key: one.title for one in subjects.of(request.tenant)}
    context = {
        "words": words,
        "found": [{"person": one, "kind": kinds[one.kind]} for one in found],
    }
    return render(request, "accounts/administration/people.html", context)


def subject_of(
    request: OrganisationRequest, kind: str, pk: uuid.UUID
) -> tuple[subjects.Subject, subjects.Found]:
    """The person of this kind and id, if the tenant has one; raises Http404."""
    subject = next(
        (one for one in subjects.of(request.tenant) if one.key == kind), None
    )
    name = subject.names(request.tenant, [pk]).get(pk) if subject else None
    if subject is None or name is None:
        raise Http404
    return subject, subjects.Found(kind, pk, name)


@allow(OPERATOR)
def data_of(request: OrganisationRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """One person: who has looked, a legal hold, the answer to a request for access."""
    subject, found = subject_of(request, kind, pk)
    journal.record(
        "people.read",
        tenant_id=request.tenant.pk,
        actor_id=request.user.pk,
        subject_id=pk,
        detail={"kind": kind},
    )
    return _page(request, subject, found, HoldForm())


@allow(OPERATOR, methods="POST")
def hold(request: OrganisationRequest, kind: str, pk: uuid.UUID) -> HttpResponse:
    """A legal hold: the data stays, whatever its age."""
    subject, found = subject_of(request, kind, pk)
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            privacy.hold(by=request.membership, found=found, **form.cleaned_data)
        except Refusal as error:
            form.refuse(error)
        else:
            messages.success(request, _("The data stays until the hold is lifted."))
            return redirect("accounts:data_of", kind=kind, pk=pk)
    return _page(request, subject, found, form, status=422)


def _page(
    request: OrganisationRequest,
    subject: subjects.Subject,
    found: subjects.Found,
    form: HoldForm,
    status: int = 200,
) -> HttpResponse:
    ids = subject.ids(request.tenant, found.pk)
    context: dict[str, Any] = {
        "person": found,
        "kind": subject.title,
        "journal_since": f"{today() - A_YEAR:%d.%m.%Y}",
        "hold": subjects.holds(request.tenant).filter(subject_id__in=ids).first(),
        "form": form,
    }
    return render(
        request, "accounts/administration/person.html", context, status=status
    )
