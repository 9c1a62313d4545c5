"""The style guide in a browser: every part, both densities, both languages, wide and narrow."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.steps import faults_of

PAGES = [
    "/styleguide/",
    "/styleguide/?wrong=1",
    "/styleguide/?density=citizen",
    "/styleguide/portal/",
    "/styleguide/errors/429/",
]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["Deutsch", "Français"])
def test_every_part_passes_axe_and_fits(
    page: Page, house: House, width: int, language: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(house.url("/styleguide/"))
    page.get_by_role("button", name=language).click()
    found = {}
    for path in PAGES:
        page.goto(house.url(path))
        found[path] = faults_of(page)
    assert found == dict.fromkeys(PAGES, [])


def test_type_ahead_by_keyboard(page: Page, house: House) -> None:
    page.goto(house.url("/styleguide/"))
    typed = page.get_by_role("combobox", name="Langues des entretiens")
    typed.fill("alb")
    expect(page.get_by_role("option", name="Albanais")).to_be_visible()
    typed.press("Enter")
    remove = page.get_by_role("button", name="Retirer Albanais")
    expect(remove).to_be_visible()
    remove.press("Enter")
    expect(remove).not_to_be_attached()
    expect(typed).to_be_focused()


def test_the_summary_takes_the_focus_and_leads_to_the_field(
    page: Page, house: House
) -> None:
    page.goto(house.url("/styleguide/?wrong=1"))
    assert page.title().startswith("Erreur\u202f: ")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Date de naissance").click()
    expect(page.get_by_label("Date de naissance", exact=True)).to_be_focused()


def test_a_window_opens_and_closes_by_keyboard(page: Page, house: House) -> None:
    page.goto(house.url("/styleguide/"))
    page.get_by_role("link", name="Annuler le rendez-vous").press("Enter")
    window = page.get_by_role("dialog", name="Annuler ce rendez-vous")
    expect(window).to_be_visible()
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()


def test_details_of_a_name_by_keyboard(page: Page, house: House) -> None:
    page.goto(house.url("/styleguide/"))
    page.get_by_role("button", name="Moutier").focus()
    details = page.locator(".popover").nth(1)
    expect(details).to_be_visible()
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()


def test_the_password_can_be_shown(page: Page, house: House) -> None:
    page.goto(house.url("/sign-in/"))
    field = page.get_by_label("Mot de passe", exact=True)
    field.fill("cheval")
    page.get_by_role("button", name="Afficher").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Masquer").click()
    expect(field).to_have_attribute("type", "password")
