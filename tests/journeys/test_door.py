"""The door, as somebody new walks it: invitation, second factor, lost phone (BKG-001 to 005)."""

import re

import pytest
from playwright.sync_api import Page, expect

from config.demo.people import BERNE, PASSWORD
from tests.journeys.house import House, until
from tests.journeys.steps import become, code_of_key, faults_of, sign_out

PEOPLE = {person.username: person for person in BERNE}


def link_in(house: House, to: str, words: str) -> str:
    """The address in the newest message to somebody, once it has arrived."""
    until(lambda: house.mails(to), words)
    plain = next(
        part
        for part in house.mails(to)[-1].walk()
        if part.get_content_type() == "text/plain"
    )
    text = plain.get_payload(decode=True).decode()
    return str(re.search(r"https?://\S+", text)[0])  # type: ignore[index]


@pytest.mark.req("BKG-003", "BKG-004", "BKG-005")
def test_somebody_new_comes_in_and_loses_the_phone(page: Page, house: House) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    found: list[str] = []
    become(page, house, PEOPLE["SaintImier"])
    page.goto(house.url("/team/invite/"))
    page.get_by_label("Courriel").fill("nouvelle@saint-imier.example")
    page.locator("main button.button").click()
    sign_out(page)

    page.goto(link_in(house, "nouvelle@saint-imier.example", "the invitation"))
    found += faults_of(page)
    page.get_by_label("Prénom").fill("Aline")
    page.get_by_label("Nom de famille").fill("Monnier")
    page.get_by_label("Nom d’utilisateur/trice").fill("aline.monnier")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main button.button").click()

    key = page.locator("#seed").inner_text()
    found += faults_of(page)
    page.get_by_label("Code").fill("000000")
    page.locator("main button.button").click()
    found += faults_of(page)  # the code was wrong, the key is the same
    expect(page.locator("#seed")).to_have_text(key)
    page.get_by_label("Code").fill(code_of_key(key))
    page.locator("main button.button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de secours")
    codes = page.locator("main li").all_inner_texts()
    assert len(codes) == 10
    found += faults_of(page)
    page.get_by_role("link", name="J’ai conservé les codes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Conditions d’utilisation"
    )
    found += faults_of(page)
    page.locator("main button.button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    found += faults_of(page)
    page.get_by_label("J’ai lu les conditions").check()
    page.locator("main button.button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chercher une date")
    sign_out(page)

    # The phone is lost: the password alone leads nowhere, a recovery code leads in.
    page.goto(house.url("/booking/bookings/"))
    page.get_by_label("Nom d’utilisateur/trice").fill("aline.monnier")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.locator("main button.button").click()
    found += faults_of(page)
    page.get_by_role("link", name=re.compile("code de secours")).click()
    found += faults_of(page)
    page.get_by_label("Code de secours").fill(codes[0])
    page.locator("main button.button").click()
    page.wait_for_url("**/booking/bookings/")
    assert found == []


@pytest.mark.req("BKG-004")
def test_a_forgotten_password_is_set_anew(page: Page, house: House) -> None:
    page.goto(house.url("/sign-in/"))
    page.get_by_role("link", name="Mot de passe oublié").click()
    found = faults_of(page)
    page.locator("main input[type=text]").fill("Moutier")
    page.locator("main button.button").click()
    found += faults_of(page)
    page.goto(link_in(house, "moutier@berne.example", "the link"))
    found += faults_of(page)
    page.get_by_label("Nouveau mot de passe").fill("assez long pour être sûr")
    page.locator("main button.button").click()
    found += faults_of(page)
    page.goto(house.url("/sign-in/"))
    page.get_by_label("Nom d’utilisateur/trice").fill("Moutier")
    page.get_by_label("Mot de passe", exact=True).fill("assez long pour être sûr")
    page.locator("main button.button").click()
    expect(page.get_by_label("Code")).to_be_visible()  # the second factor still stands
    assert found == []
