"""Documents of a booking, to open and to print (BKG-016, 024, 031)."""

import uuid

from django.http import Http404, HttpResponseBase

from accounts.requests import OrganisationRequest
from booking.access import COMMUNE, COUNSELLOR, OFFICE_ADMIN
from booking.models import Booking
from booking.queries import office_of
from booking.texts import offered_languages
from booking.views.own import own_booking
from core import journal
from core.access import allow
from core.documents import render as rendering
from core.documents.responses import document_response
from core.uploads import store


@allow(COMMUNE)
def blank_form(request: OrganisationRequest) -> HttpResponseBase:
    """The empty form as a PDF that can be filled in, with the office's address (BKG-016)."""
    office = office_of(request.membership)
    language = request.LANGUAGE_CODE or "fr"
    document = rendering.request(
        tenant=request.tenant,
        kind="booking.blank_form",
        subject_id=office.pk,
        language=language,
    )
    return document_response(request, document, filename=f"formulaire-{language}.pdf")


@allow(COMMUNE, COUNSELLOR, OFFICE_ADMIN)
def open_form(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponseBase:
    """« Formulaire »: what was uploaded, or the PDF of what was entered (BKG-024, 030)."""
    row = own_booking(request, pk, shown=False)
    journal.record(
        "booking.form_opened",
        tenant_id=row.tenant_id,
        actor_id=request.user.pk,
        subject=row,
    )
    if row.form_file:
        return store.serve(row.form_file)
    if not row.personal_data:
        raise Http404
    return _document(request, row, "booking.personal_data", request.LANGUAGE_CODE)


@allow(COMMUNE, COUNSELLOR, OFFICE_ADMIN)
def invitation(
    request: OrganisationRequest, pk: uuid.UUID, language: str
) -> HttpResponseBase:
    """« Imprimer l'invitation » (BKG-031)."""
    return _print(request, pk, "booking.invitation", language)


@allow(COMMUNE, COUNSELLOR, OFFICE_ADMIN)
def sheet(
    request: OrganisationRequest, pk: uuid.UUID, language: str
) -> HttpResponseBase:
    """« Imprimer la fiche d'information » (BKG-031)."""
    return _print(request, pk, "booking.information_sheet", language)


def _print(
    request: OrganisationRequest, pk: uuid.UUID, kind: str, language: str
) -> HttpResponseBase:
    row = own_booking(request, pk, shown=False)
    if language not in offered_languages():
        raise Http404
    return _document(request, row, kind, language)


def _document(
    request: OrganisationRequest, row: Booking, kind: str, language: str
) -> HttpResponseBase:
    document = rendering.request(
        tenant=request.tenant,
        kind=kind,
        subject_id=row.pk,
        language=language,
    )
    journal.record(
        "booking.printed",
        tenant_id=row.tenant_id,
        actor_id=request.user.pk,
        subject=row,
        detail={"kind": kind, "language": language},
    )
    name = f"{kind.partition('.')[2]}-{language}.pdf"
    return document_response(request, document, filename=name)
