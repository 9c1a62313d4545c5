"""Documents written from the code are as the code is (DESIGN §4, §7; STYLE 9)."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from booking.states import MAY_FOLLOW
from config.management.commands.access import declared
from config.management.commands.requirements import tests as shown_by

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["access", "states", "requirements"])
def test_the_documents_are_up_to_date(name: str) -> None:
    call_command(name, "--check")


@pytest.mark.parametrize("name", ["access", "states", "requirements"])
def test_a_stale_document_is_named(name: str, settings: Any, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    rows = {"rows": DOCS / "requirements"} if name == "requirements" else {}
    with pytest.raises(CommandError, match=f"manage {name}"):
        call_command(name, "--check", **rows)


def test_every_address_stands_in_the_table() -> None:
    written = (DOCS / "access.md").read_text("utf-8")
    for path, _access in declared():
        assert f"`{path}`" in written


def test_every_state_and_every_step_is_drawn() -> None:
    drawn = (DOCS / "states" / "booking.md").read_text("utf-8")
    for state, following in MAY_FOLLOW.items():
        for other in following:
            assert f"{state.value} --> {other.value}\n" in drawn


def test_the_rows_of_the_first_journey_have_tests() -> None:
    shown = shown_by()
    numbers = [*range(1, 9), *range(10, 19), *range(20, 26), 30, 31, 33, 34, 35]
    missing = [n for n in numbers if not shown.get(f"BKG-{n:03d}")]
    assert missing == []
