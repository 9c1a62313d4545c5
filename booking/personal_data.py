"""The questions of « Données personnelles complémentaires » (BKG-023), in steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Choices = tuple[tuple[str, Any], ...]

FAMILY: Choices = (
    ("single", _("Single")),
    ("married", _("Married")),
    ("partnership", _("Registered partnership")),
    ("separated", _("Separated")),
    ("divorced", _("Divorced")),
    ("widowed", _("Widowed")),
)
PERMITS: Choices = (
    ("B", _("B: residence permit")),
    ("C", _("C: settlement permit")),
    ("F", _("F: provisionally admitted")),
    ("L", _("L: short-term permit")),
    ("N", _("N: asylum seeker")),
    ("S", _("S: in need of protection")),
    ("G", _("G: cross-border worker")),
    ("CI", _("Ci: family of international staff")),
    ("CH", _("Swiss nationality")),
)
LEVELS: Choices = (
    ("none", pgettext_lazy("level of a language", "None")),
    ("A1", "A1"),
    ("A2", "A2"),
    ("B1", "B1"),
    ("B2", "B2"),
    ("C1", "C1"),
    ("C2", _("C2 or mother tongue")),
)
WORK: Choices = (
    ("employed", _("Employed")),
    ("self_employed", _("Self-employed")),
    ("seeking", _("Looking for work")),
    ("training", _("In training")),
    ("home", _("At home with the family")),
    ("unable", _("Unable to work")),
    ("retired", _("Retired")),
)
SCHOOL: Choices = (
    ("0", _("No schooling")),
    ("1-4", _("1 to 4 years")),
    ("5-9", _("5 to 9 years")),
    ("10+", _("10 years or more")),
)


@dataclass(frozen=True)
class Question:
    """One question; `choices` where one of a few answers, `long` where several lines."""

    key: str
    label: Any
    long: bool = False
    choices: Choices = ()

    def words(self, answer: str) -> str:
        """An answer as people read it."""
        return str(dict(self.choices).get(answer, answer))


@dataclass(frozen=True)
class Step:
    """Questions that belong together."""

    key: str
    title: Any
    questions: tuple[Question, ...]


STEPS = (
    Step(
        "family",
        _("Family and address"),
        (
            Question("address", _("Address")),
            Question("family", _("Family situation"), choices=FAMILY),
            Question("children", _("Children, with year of birth")),
        ),
    ),
    Step(
        "stay",
        _("Stay in Switzerland"),
        (
            Question("permit", _("Residence permit"), choices=PERMITS),
            Question("entry", _("Date of entry into Switzerland")),
        ),
    ),
    Step(
        "languages",
        _("Languages"),
        (
            Question("mother_tongue", _("Mother tongue")),
            Question("french", _("French"), choices=LEVELS),
            Question("german", _("German"), choices=LEVELS),
            Question("languages", _("Other languages and levels")),
        ),
    ),
    Step(
        "training",
        _("Training and work"),
        (
            Question("school_years", _("Years of schooling"), choices=SCHOOL),
            Question("schooling", _("Schooling and training"), long=True),
            Question("work_now", _("Situation at present"), choices=WORK),
            Question("work", _("Work and experience"), long=True),
        ),
    ),
    Step(
        "aim",
        _("Aim and support"),
        (
            Question("aim", _("Aim of the interview"), long=True),
            Question(
                "health",
                _("Health, as far as it matters for the interview"),
                long=True,
            ),
            Question("services", _("Other services involved")),
        ),
    ),
)


# What the empty form asks about the client before its own questions (BKG-016, BKG-021).
CLIENT = (
    _("Last name"),
    _("First name"),
    _("Nationality"),
    _("Date of birth"),
    _("SYMIC number"),
    _("Phone number"),
    _("E-mail"),
)


def questions() -> Iterator[Question]:
    """All questions, in their order."""
    for step in STEPS:
        yield from step.questions


def answered(answers: dict[str, str]) -> list[tuple[str, str]]:
    """Labels and answers in the reader's words, in the order of the questions."""
    return [
        (str(question.label), question.words(answers[question.key]))
        for question in questions()
        if question.key in answers
    ]
