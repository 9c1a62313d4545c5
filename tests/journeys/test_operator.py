"""An operator's work by keyboard alone, in a narrow window (TRUST §6, §5)."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.demo.people import OTHERS
from tests.journeys.house import House, until
from tests.journeys.steps import become, faults_of, tab_to

HOME = "mairie"
OPERATOR = next(one for one in OTHERS[HOME] if one.username == "admin.mairie")


@pytest.fixture
def operator(page: Page, house: House) -> Page:
    page.set_viewport_size({"width": 320, "height": 900})
    become(page, house, OPERATOR)
    return page


def enter(page: Page, name: str) -> None:
    """Tabs on to a link or button of this name and presses Enter."""
    tab_to(page, name)
    send(page)


def send(page: Page) -> None:
    """Enter, and the next page is there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, label: str, words: str) -> None:
    """Tabs on to a field of this name and writes over what stands there."""
    tab_to(page, label)
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def refused(page: Page) -> list[str]:
    """The summary has the focus; what axe finds then."""
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return faults_of(page)


def test_an_organisation_is_added_and_changed(operator: Page, house: House) -> None:
    operator.goto(house.url("/administration/organisations/", HOME))
    enter(operator, "Ajouter une organisation")
    enter(operator, "^ *Enregistrer")
    found = refused(operator)
    write(operator, "^ *Nom *$", "Service des sports")
    enter(operator, "^ *Enregistrer")
    expect(operator.locator(".notice").first).to_be_visible()
    enter(operator, r"Ouvrir\s+Service des sports")
    enter(operator, "^ *Désactiver")
    expect(operator.locator(".notice").first).to_contain_text("Service des sports")
    assert found + faults_of(operator) == []


def test_a_colour_that_cannot_be_read_is_refused(operator: Page, house: House) -> None:
    operator.goto(house.url("/administration/authority/", HOME))
    write(operator, "Couleur", "#ffee00")
    enter(operator, "^ *Enregistrer")
    assert refused(operator) == []
    # What was typed is still there.
    assert operator.get_by_label(re.compile("Couleur")).input_value() == "#ffee00"


def test_a_length_of_nothing_is_refused(operator: Page, house: House) -> None:
    operator.goto(house.url("/administration/retention/", HOME))
    write(operator, "Message", "0")
    enter(operator, "Enregistrer les durées")
    assert refused(operator) == []


@pytest.mark.req("BKG-055")
def test_a_request_for_access_is_answered(
    operator: Page, house: House, tmp_path: Path
) -> None:
    operator.goto(house.url("/administration/people/", HOME))
    write(operator, "Nom", "Chopard")
    send(operator)
    enter(operator, "Chopard")
    enter(operator, "Tout rassembler")
    expect(operator.locator(".notice").first).to_contain_text("en préparation")
    download = operator.get_by_role("button", name=re.compile("^Télécharger"))
    until(lambda: operator.reload() and download.count(), "the answer is there")
    found = faults_of(operator)
    tab_to(operator, "^ *Télécharger")
    with operator.expect_download() as sent:
        operator.keyboard.press("Enter")
    sent.value.save_as(tmp_path / "answer.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "answer.zip").read_bytes())) as answer:
        page = next(name for name in answer.namelist() if name.endswith(".html"))
        assert "Chopard" in answer.read(page).decode()
    assert found == []
