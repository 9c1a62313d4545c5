"""The fate of every column: kept, made anonymous, or deleted, and why (TRUST §5).

A test compares the list with the tables of the database: what nobody has thought about fails.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a value when its time is over."""

    KEPT = "kept"
    ANONYMISED = "anonymised"
    DELETED = "deleted"


@dataclass(frozen=True)
class Column:
    """A column's fate; `why` it may stay, or what makes it go and when."""

    fate: Fate
    why: str


Columns = dict[str, Column]
TABLES: dict[str, Columns] = {}


class AlreadyDeclared(Exception):
    """A programming error: a table or a column has two fates."""


def kept(names: str, why: str) -> Columns:
    """Columns that stay: they say nothing about a person, or have to stay, and `why`."""
    return _all(names, Fate.KEPT, why)


def anonymised(names: str, why: str) -> Columns:
    """Columns that are emptied or made coarse while the row stays for the figures."""
    return _all(names, Fate.ANONYMISED, why)


def deleted(names: str, why: str) -> Columns:
    """Columns that go with their row."""
    return _all(names, Fate.DELETED, why)


def _all(names: str, fate: Fate, why: str) -> Columns:
    return dict.fromkeys(names.split(), Column(fate, why))


def table(name: str, *groups: Columns) -> None:
    """Declares a table; raises AlreadyDeclared when a name comes twice."""
    columns: Columns = {}
    for group in groups:
        if twice := columns.keys() & group.keys():
            raise AlreadyDeclared(f"{name}: {sorted(twice)}")
        columns |= group
    if name in TABLES and columns != TABLES[name]:
        raise AlreadyDeclared(name)
    TABLES[name] = columns
