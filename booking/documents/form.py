"""« Données personnelles complémentaires »: as entered on line, and empty (BKG-016, 023)."""

import uuid
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from booking.documents.letterhead import (
    booking_of,
    desk_language,
    letterhead,
    reference,
)
from booking.models import Booking, Office
from booking.personal_data import CLIENT, STEPS, Question, answered
from core.documents.pdf import Letter
from core.documents.render import kind


@kind("booking.personal_data")
def personal_data(pk: uuid.UUID, language: str) -> Letter:
    """« Données personnelles complémentaires » as entered on line, for the counsellor."""
    return personal_data_of(booking_of(pk), language)


def personal_data_of(booking: Booking, language: str) -> Letter:
    """The form's words; in French or German, as the counsellor reads."""
    language = desk_language(language)
    with translation.override(language):
        rows = answered(booking.personal_data)
        return Letter(
            "personal_data.typ",
            {
                **letterhead(booking.tenant, booking.slot.office, language),
                "title": _("Additional personal data"),
                "reference": reference(booking),
                "commune": str(booking.commune),
                "client": booking.client_name,
                "born": f"{booking.birth_date:%d.%m.%Y}" if booking.birth_date else "",
                "nationality": booking.nationality.name,
                "rows": [[label, answer.splitlines()] for label, answer in rows],
            },
        )


@kind("booking.blank_form")
def blank_form(pk: uuid.UUID, language: str) -> Letter:
    """The empty form, to be filled in on a screen or by hand (BKG-016)."""
    office = Office.objects.select_related("organisation", "tenant").get(pk=pk)
    language = desk_language(language)
    with translation.override(language):
        intro = _(
            "Fill in this form and send it to %(email)s, so that the office proposes a date."
        ) % {"email": office.organisation.email}
        client = [
            {"key": f"client-{number}", "label": str(label), "kind": "line"}
            for number, label in enumerate(CLIENT, 1)
        ]
        return Letter(
            "blank_form.typ",
            {
                **letterhead(office.tenant, office, language),
                "title": _("Additional personal data"),
                "intro": intro,
                "sections": [
                    {"title": _("Client"), "questions": client},
                    *(
                        {
                            "title": str(step.title),
                            "questions": [_field(q) for q in step.questions],
                        }
                        for step in STEPS
                    ),
                ],
            },
        )


def _field(question: Question) -> dict[str, Any]:
    """A question as a field of the form."""
    return {
        "key": question.key,
        "label": str(question.label),
        "kind": "long" if question.long else "choice" if question.choices else "line",
        "choices": [str(words) for _value, words in question.choices],
    }
