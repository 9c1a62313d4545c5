"""Dates and times as people type them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from core.forms import DateField, TimeField, month_number
from core.words import after_colon, day_in_words

BORN = dt.date(1991, 4, 3)


@pytest.mark.parametrize(
    "typed",
    [
        "3.4.1991",
        "03.04.1991",
        " 03. 04. 1991 ",
        "3/4/1991",
        "1991-04-03",
        "3 avril 1991",
        "mercredi 3 avril 1991",
        "3. April 1991",
        "3 avr. 1991",
    ],
)
def test_a_date_is_understood_as_it_is_written(typed: str) -> None:
    assert DateField().clean(typed) == BORN


def test_the_first_of_a_month_and_months_without_accents() -> None:
    assert DateField().clean("1er février 2026") == dt.date(2026, 2, 1)
    assert DateField().clean("2 aout 2026") == dt.date(2026, 8, 2)


def test_a_beginning_that_means_two_months_means_none() -> None:
    assert month_number("jui") == 0
    assert month_number("juil") == 7


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31.04.1991", "Le 31\u00a0avril n’existe pas."),
        ("29.02.2025", "Le 29\u00a0février n’existe pas en 2025."),
        ("01.01.0001", "Écrivez une année de 1900 à 2199."),
        ("31.12.9999", "Écrivez une année de 1900 à 2199."),
        ("03.04.91", "Écrivez l’année avec quatre chiffres, p. ex. 14.03.1991."),
    ],
)
def test_a_wrong_date_is_told_why(typed: str, sentence: str) -> None:
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        DateField().clean(typed)
    assert refused.value.messages == [sentence]


@pytest.mark.parametrize("typed", ["41.13.1991", "hier", "3 jui 1991", "00.00.0000"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        DateField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("9:30", dt.time(9, 30)),
        ("09.30", dt.time(9, 30)),
        ("9 h 30", dt.time(9, 30)),
        ("9h", dt.time(9)),
        ("00:00", dt.time()),
    ],
)
def test_a_time_is_understood_as_it_is_written(typed: str, time: dt.time) -> None:
    assert TimeField().clean(typed) == time


@pytest.mark.parametrize("typed", ["24:00", "9:60", "midi"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        TimeField().clean(typed)


def test_days_in_words() -> None:
    monday = dt.date(2026, 11, 16)
    assert day_in_words(monday, "fr") == "lundi 16\u00a0novembre 2026"
    assert day_in_words(monday, "de").replace("\u00a0", " ") == (
        "Montag, 16. November 2026"
    )
    assert day_in_words(dt.date(2026, 12, 1), "fr").startswith("mardi 1er")


def test_a_sentence_after_a_colon_is_small_in_french_only() -> None:
    with translation.override("fr"):
        assert after_colon("Le 31 avril n’existe pas.") == "le 31 avril n’existe pas"
        assert after_colon("NPA inconnu.") == "NPA inconnu"
    with translation.override("de"):
        assert after_colon("Wählen Sie.") == "Wählen Sie"
