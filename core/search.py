"""What searches and lists of names need: words that are found, whatever their accents."""

import unicodedata

from django.contrib.postgres.lookups import Unaccent
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest

MOST_WORDS = 5
MOST_LETTERS = 100


def words_of(request: HttpRequest) -> str:
    """What the address asks for: without NUL, which PostgreSQL refuses, and not endlessly."""
    return cut(request.GET.get("q", ""))


def cut(words: str) -> str:
    """Words as they may be looked for, whoever typed them."""
    return words.replace("\x00", "").strip()[:MOST_LETTERS]


def plain(word: str) -> str:
    """Small letters without accents, so that « fevrier » is understood."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def fits(words: str, *columns: str, starts: tuple[str, ...] = ()) -> Q:
    """Each word stands in one of the columns, or one of `starts`, numbers, begins with it.

    « ozdemir » finds Özdemir: who is not found is written down a second time.
    """
    wanted = Q()
    for word in words.split()[:MOST_WORDS]:
        one = Q()
        for column in columns:
            one |= Q(**{f"{column}__unaccent__icontains": word})
        for column in starts:
            one |= Q(**{f"{column}__istartswith": word})
        wanted &= one
    return wanted


def alphabetical(*columns: str) -> tuple[Lower, ...]:
    """An order of names as people expect it: Öz between Oy and Pa, not behind Z."""
    return tuple(Lower(Unaccent(column)) for column in columns)
