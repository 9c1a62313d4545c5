"""The questions of « Données personnelles complémentaires » (BKG-023), in their order."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# Question → label, and whether the answer may be several lines long.
QUESTIONS: dict[str, tuple[Any, bool]] = {
    "address": (_("Address"), False),
    "family": (_("Family situation"), False),
    "children": (_("Children, with year of birth"), False),
    "permit": (_("Residence permit"), False),
    "entry": (_("Date of entry into Switzerland"), False),
    "languages": (_("Languages and levels"), False),
    "schooling": (_("Schooling and training"), True),
    "work": (_("Work"), True),
    "health": (_("Health, as far as it matters for the interview"), True),
    "services": (_("Other services involved"), False),
    "aim": (_("Aim of the interview"), True),
}


def answered(answers: dict[str, str]) -> list[tuple[str, str]]:
    """Labels and answers, in the order of the questions."""
    return [
        (str(label), answers[name])
        for name, (label, _long) in QUESTIONS.items()
        if name in answers
    ]
