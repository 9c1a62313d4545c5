"""People looked after, and terms published, by keyboard, in a narrow window (TRUST §6)."""

import re

import pytest
from playwright.sync_api import Page, expect

from config.demo.people import BERNE, OTHERS
from tests.journeys.house import House
from tests.journeys.steps import become, faults_of, tenant_of

PEOPLE = {
    person.username: person
    for persons in (BERNE, *OTHERS.values())
    for person in persons
}


def press(page: Page, name: str) -> None:
    """Goes to the link or button that begins so, in the page, and presses Enter."""
    begins = re.compile(f"^{name}")
    main = page.locator("main")
    found = main.get_by_role("button", name=begins)
    control = found.or_(main.get_by_role("link", name=begins)).first
    control.focus()
    expect(control).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [1280, 320])
def test_an_administrator_looks_after_a_colleague(
    page: Page, house: House, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    become(page, house, PEOPLE["multimondo"])
    page.goto(house.url("/team/"))
    found = faults_of(page)
    page.get_by_role("link", name="Ouvrir Nadia Rossier").press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Nadia Rossier")
    notice = page.locator(".notice").first

    page.get_by_label("Rôle").select_option("booking.office_admin")
    press(page, "Donner ce rôle")
    expect(notice).to_contain_text("Le rôle est donné")
    press(page, "Confier l’administration")
    expect(notice).to_contain_text("administre désormais")
    found += faults_of(page)
    press(page, "Retirer l’administration")
    expect(notice).to_contain_text("n’administre plus")
    press(page, "Retirer le rôle.*Administration de l’antenne")
    expect(notice).to_contain_text("Le rôle est retiré")
    press(page, "Bloquer")
    expect(page.locator(".badge-blocked")).to_be_visible()
    found += faults_of(page)
    press(page, "Débloquer")
    expect(page.locator(".badge-blocked")).to_have_count(0)
    press(page, "Envoyer un lien de mot de passe")
    expect(notice).to_contain_text("en route vers")
    press(page, "Réinitialiser le deuxième facteur")
    press(page, "Réinitialiser le deuxième facteur")  # nothing written yet
    expect(page.locator("[data-error-summary]")).to_be_focused()
    found += faults_of(page)
    assert found == []


def test_the_last_administrator_stays_and_the_page_says_why(
    page: Page, house: House
) -> None:
    become(page, house, PEOPLE["canton"])
    page.goto(house.url("/team/?q=charpilloz"))
    page.get_by_role("link", name="Ouvrir Luc Charpilloz").press("Enter")
    press(page, "Retirer l’administration")
    expect(page.locator(".notice-danger")).to_contain_text("garde toujours")
    assert faults_of(page) == []
    expect(page.locator("main")).to_contain_text("Administre l’organisation")


def test_an_operator_publishes_terms_and_everybody_is_asked(
    page: Page, house: House
) -> None:
    """In the authority where nobody else walks."""
    page.set_viewport_size({"width": 320, "height": 900})
    operator = PEOPLE["admin.interpretes"]
    become(page, house, operator)
    home = tenant_of(operator)
    page.goto(house.url("/administration/terms/", home))
    press(page, "Rédiger une nouvelle version")
    page.get_by_label("Texte (Deutsch)").fill("")
    press(page, "Enregistrer et prévisualiser")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    found = faults_of(page)
    page.get_by_label("Texte (Deutsch)").fill("## Neu\n\nEine neue Fassung.")
    press(page, "Enregistrer et prévisualiser")
    expect(page.get_by_role("heading", name="Neu")).to_be_visible()
    found += faults_of(page)
    press(page, "Publier cette version")
    # Whoever publishes is asked like everybody else.
    expect(page.locator(".notice-info")).to_contain_text("Il y a une nouvelle version")
    found += faults_of(page)
    page.get_by_label("J’ai lu les conditions").press("Space")
    press(page, "Accepter et continuer")
    expect(page.locator("main")).to_contain_text("acceptée par 1 personne sur 1")
    found += faults_of(page)
    assert found == []
