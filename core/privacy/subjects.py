"""Whom data is about: how each app finds a person, names one, and knows all the records.

« Care » in finding: two people of the same name are two, unless a number or a date of birth
says that they are one.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from core.errors import Sentence
from core.privacy.models import LegalHold
from core.search import cut


@dataclass(frozen=True)
class Found:
    """Somebody found: which kind, which record, and what tells this person from others."""

    kind: str
    pk: uuid.UUID
    name: str
    facts: tuple[str, ...] = ()


@dataclass
class Section:
    """Rows of one table about the person: for people by label, for machines by column."""

    title: Sentence
    rows: list[dict[str, Any]]
    labels: dict[str, Sentence] = field(default_factory=dict)


@dataclass
class Dossier:
    """Everything on one person: sections, and files by name with their stored path."""

    name: str
    sections: list[Section]
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A kind of person of one app."""

    key: str
    title: Sentence
    # Those of a tenant whose name, number or e-mail fits the words; a few.
    find: Callable[[Any, str], list[Found]]
    # Names by id, in one query; ids of other kinds are left out.
    names: Callable[[Any, Iterable[uuid.UUID]], dict[uuid.UUID, str]]
    # The ids of all records about the person, the person's own among them.
    ids: Callable[[Any, uuid.UUID], set[uuid.UUID]]
    dossier: Callable[[Any, uuid.UUID], Dossier | None]

    @property
    def app(self) -> str:
        """The app that knows this kind."""
        return self.key.partition(".")[0]


SUBJECTS: dict[str, Subject] = {}
MOST = 20
LEAST = 3  # letters: nobody pages through everybody


def register(subject: Subject) -> None:
    """An app says how it knows a kind of person."""
    SUBJECTS[subject.key] = subject


def of(tenant: Any) -> list[Subject]:
    """The kinds of person that this tenant has."""
    return [one for one in SUBJECTS.values() if one.app in {"accounts", *tenant.apps}]


def find(tenant: Any, words: str) -> list[Found]:
    """People of all kinds whose name, number or e-mail fits."""
    words = cut(words)
    if len(words) < LEAST:
        return []
    return [found for one in of(tenant) for found in one.find(tenant, words)[:MOST]]


def names(tenant: Any, pks: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by id, whatever kind: one or two queries for each kind of the tenant."""
    pks = set(pks)
    found: dict[uuid.UUID, str] = {}
    for one in of(tenant):
        found |= one.names(tenant, pks)
    return found


def holds(tenant: Any) -> "QuerySet[LegalHold]":
    """The holds that stand, the newest first."""
    rows = LegalHold.objects.filter(tenant=tenant, lifted_at=None)
    return rows.order_by("-set_at", "pk")


def held_ids(tenant: Any) -> set[uuid.UUID]:
    """The ids of all records that a legal hold keeps from being erased."""
    ids: set[uuid.UUID] = set()
    for kind, pk in holds(tenant).values_list("kind", "subject_id"):
        ids |= {pk} | (SUBJECTS[kind].ids(tenant, pk) if kind in SUBJECTS else set())
    return ids
