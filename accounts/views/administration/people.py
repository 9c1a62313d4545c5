"""Whom data is about: found with care, then everything that may be done about it."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import fresh
from accounts.access import OPERATOR
from accounts.actions import privacy
from accounts.administration_forms import HoldForm
from accounts.requests import OrganisationRequest
from core import journal
from core.access import allow
from core.dates import today
from core.errors import Refusal
from core.forms import KitForm
from core.privacy import access, subjects
from core.search import words_of

A_YEAR = dt.timedelta(days=365)


@allow(OPERATOR)
def people(request: OrganisationRequest) -> HttpResponse:
    """« Données d'une personne »: a search over all kinds of people."""
    words = words_of(request)
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


@allow(OPERATOR, methods="POST")
def ask_for_data(
    request: OrganisationRequest, kind: str, pk: uuid.UUID
) -> HttpResponse:
    """« Droit d'accès »: everything as a zip, behind a fresh code."""
    subject, found = subject_of(request, kind, pk)
    proof = _proof(request, request.POST)
    if proof.is_valid() and fresh.stands_behind(request, proof):
        language = request.LANGUAGE_CODE or "fr"
        privacy.ask_for_data(by=request.membership, found=found, language=language)
        messages.success(request, _("The answer is being put together."))
        return redirect("accounts:data_of", kind=kind, pk=pk)
    return _page(request, subject, found, HoldForm(), proof=proof, status=422)


@allow(OPERATOR, methods="POST")
def download_data(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The zip, for a day, to who asked for it, behind a fresh code."""
    row = get_object_or_404(access.of(request.user), pk=pk)
    if not row.is_good:
        raise Http404
    subject, found = subject_of(request, row.kind, row.subject_id)
    proof = _proof(request, request.POST)
    if not (proof.is_valid() and fresh.stands_behind(request, proof)):
        return _page(request, subject, found, HoldForm(), proof=proof, status=422)
    privacy.note_download(by=request.membership, row=row)
    response = FileResponse(
        default_storage.open(row.path),
        as_attachment=True,
        filename=f"dossier-{row.asked_at:%Y-%m-%d}.zip",
        content_type="application/zip",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _proof(request: OrganisationRequest, data: Any = None) -> KitForm:
    """The code, asked for unless the last one is fresh."""
    form = KitForm(data)
    fresh.ask(
        request, form, _("For data of other people: the code that the app shows.")
    )
    return form


def _page(
    request: OrganisationRequest,
    subject: subjects.Subject,
    found: subjects.Found,
    form: HoldForm,
    proof: KitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    ids = subject.ids(request.tenant, found.pk)
    context: dict[str, Any] = {
        "person": found,
        "kind": subject.title,
        "journal_since": f"{today() - A_YEAR:%d.%m.%Y}",
        "hold": subjects.holds(request.tenant).filter(subject_id__in=ids).first(),
        "form": form,
        "proof": proof or _proof(request),
        "files": access.of(request.user).filter(subject_id=found.pk)[:5],
    }
    return render(
        request, "accounts/administration/person.html", context, status=status
    )
