"""The information sheet, as shipped or as the operator wrote it (BKG-031, 054)."""

import re
import uuid
from typing import Any

from django.utils import translation

from accounts.models import Tenant
from booking.documents.letterhead import booking_of, desk_language, draft, letterhead
from booking.models import Booking, InformationSheet, Office
from booking.texts import nearest_language, texts
from core.documents.pdf import Letter
from core.documents.render import kind


@kind("booking.information_sheet")
def information_sheet(pk: uuid.UUID, language: str) -> Letter:
    """« Fiche d'information »: the operator's text, else what ships (« à relire »)."""
    booking = booking_of(pk)
    own = own_sheets(booking, nearest_language(language)).first()
    return information_sheet_of(booking, language, own)


def information_sheet_of(
    booking: Booking, language: str, own: InformationSheet | None = None
) -> Letter:
    """The information sheet's words."""
    language = nearest_language(language)
    words = sheet_words(own) if own else texts("sheet", language)
    return _sheet(words, booking.tenant, booking.slot.office, language)


def own_sheets(booking: Booking, language: str) -> Any:
    return InformationSheet.objects.of(booking.tenant).filter(language=language)


@kind("booking.sheet_preview")
def sheet_preview(pk: uuid.UUID, language: str) -> Letter:
    """The operator's sheet as a client will get it, with an office's letterhead (BKG-054)."""
    sheet = InformationSheet.objects.select_related("tenant").get(pk=pk)
    offices = Office.objects.of(sheet.tenant).select_related("organisation")
    office = offices.order_by("organisation__name", "pk").first()
    return _sheet(sheet_words(sheet), sheet.tenant, office, language)


def _sheet(
    words: dict[str, Any], tenant: Tenant, office: Office | None, language: str
) -> Letter:
    with translation.override(desk_language(language)):
        return Letter(
            "information_sheet.typ",
            {
                **letterhead(tenant, office, language),
                "title": words["title"],
                "paragraphs": [text.split("\n") for text in words["paragraphs"]],
                "draft": draft(words),
            },
        )


def sheet_words(sheet: InformationSheet) -> dict[str, Any]:
    """What the operator wrote, as the page takes it."""
    return {
        "title": sheet.title,
        "paragraphs": re.split(r"\n\s*\n", sheet.body.strip().replace("\r", "")),
        "proofread": bool(sheet.proofread_on),
    }
