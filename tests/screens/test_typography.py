"""Spaces and apostrophes of texts that people write."""

import pytest

from core.typography import typeset


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Vous ne pouvez pas venir ?", "Vous ne pouvez pas venir\u202f?"),
        (
            "Apportez: le permis; l'acte!",
            "Apportez\u202f: le permis\u202f; l’acte\u202f!",
        ),
        ("« oui » et «non»", "«\u202foui\u202f» et «\u202fnon\u202f»"),
        ("à 10 h 30, le 16 novembre", "à 10\u00a0h\u00a030, le 16\u00a0novembre"),
        ("Mme Voumard, n° 12, 20 min", "Mme\u00a0Voumard, n°\u00a012, 20\u00a0min"),
        ("à 10:30", "à 10:30"),
    ],
)
def test_french(typed: str, set_: str) -> None:
    assert typeset(typed, "fr") == set_
    assert typeset(set_, "fr") == set_


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Können Sie kommen ?", "Können Sie kommen?"),
        ("« Einladung »", "«Einladung»"),
        ("Große Straße, 9.05 Uhr", "Grosse Strasse, 9.05\u00a0Uhr"),
    ],
)
def test_swiss_german(typed: str, set_: str) -> None:
    assert typeset(typed, "de") == set_


def test_addresses_and_other_languages_stay_as_they_are() -> None:
    address = "https://exemple.ch/?a=1;b=2"
    assert typeset(f"Voir {address} ?", "fr") == f"Voir {address}\u202f?"
    assert typeset("What?", "en") == "What?"
