"""The journey by other ways: keyboard alone, without JavaScript, in German (BKG-010 to 034)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from config.demo.people import BERNE
from tests.journeys.house import House, until
from tests.journeys.steps import become, focus_name, sign_in, tab_to

PEOPLE = {person.username: person for person in BERNE}


@pytest.mark.req("BKG-010", "BKG-020", "BKG-033")
def test_the_journey_by_keyboard_alone(page: Page, house: House) -> None:
    become(page, house, PEOPLE["Tramelan"])
    page.goto(house.url("/booking/dates/"))
    page.keyboard.press("Tab")
    assert "contenu" in focus_name(page)  # the way past the bar comes first
    tab_to(page, "Lieux de tenue")
    page.keyboard.type("Mout")
    page.keyboard.press("Enter")
    tab_to(page, "Recherche")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("places="))
    tab_to(page, r"Sélectionner\s+Moutier")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Réserver une date")
    for label, typed in (
        ("Langue de l’entretien", "f"),
        ("Type d’envoi", "Envoi recommandé"),
        ("Formule d’appel", "Madame"),
        ("Nom de famille", "Keller"),
        ("Prénom", "Ida"),
        ("Nationalité", "Syrie"),
        ("Date de naissance", "14.3.1991"),
        ("But de l’entretien", ""),
    ):
        if label == "But de l’entretien":
            tab_to(page, "But et soutien")
            page.keyboard.press("Enter")
            tab_to(page, label)
            typed = "Cours de langue"
        else:
            tab_to(page, label)
        page.keyboard.type(typed)
    tab_to(page, "^ *Réserver *$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Confirmer").first).to_be_visible()
    tab_to(page, "Confirmer")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le rendez-vous est confirmé.")).to_be_visible()
    tab_to(page, "Langue de la convocation")
    page.keyboard.type("Arab")
    tab_to(page, "Imprimer l’invitation")
    assert "/invitation/ar/" in str(page.locator(":focus").get_attribute("href"))


@pytest.mark.req("BKG-010", "BKG-020", "BKG-031", "BKG-033")
def test_twelve_moves_lead_from_the_start_page_to_the_invitation(
    page: Page, house: House
) -> None:
    become(page, house, PEOPLE["Tramelan"])
    page.goto(house.url("/"))
    moves = [
        lambda: page.get_by_role(
            "button", name=re.compile("^Sélectionner ")
        ).first.click(),
        lambda: page.get_by_label("Langue de l’entretien").select_option(index=1),
        lambda: page.get_by_label("Type d’envoi").select_option(index=1),
        lambda: page.get_by_label("Formule d’appel").select_option(label="Madame"),
        lambda: page.get_by_label("Nationalité").select_option("TR"),
        lambda: page.get_by_role("button", name="Réserver").click(),
        lambda: page.get_by_role("button", name="Confirmer").first.click(),
        lambda: page.get_by_label("Langue de la convocation").select_option("tr"),
        lambda: page.get_by_role("link", name="Imprimer l’invitation").click(),
    ]
    typed = {
        "Nom de famille": "Kaya",
        "Prénom": "Elif",
        "Date de naissance": "14.3.1991",
        "Adresse": "Rue Neuve 1, 2720 Tramelan",
    }
    with page.context.expect_page() as printed:
        for number, move in enumerate(moves):
            if number == 5:
                for label, words in typed.items():
                    page.get_by_label(label, exact=True).fill(words)
            move()
    assert "/invitation/tr/" in printed.value.url
    assert len(moves) <= 12


@pytest.fixture
def plain(chromium: Browser, house: House) -> Iterator[Page]:
    """A browser without JavaScript."""
    context = chromium.new_context(java_script_enabled=False, locale="fr-CH")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.mark.req("BKG-011", "BKG-022", "BKG-031", "BKG-033")
def test_the_journey_without_javascript(plain: Page, house: House) -> None:
    page = plain
    become(page, house, PEOPLE["Moutier"])
    page.goto(house.url("/booking/dates/"))
    page.get_by_label("Biel/Bienne").check()
    page.get_by_role("button", name="Recherche").click()
    page.get_by_role("button", name=re.compile("^Sélectionner Biel")).first.click()
    page.get_by_label("Langue de l’entretien").select_option(index=1)
    page.get_by_label("Type d’envoi").select_option(label="Envoi recommandé")
    page.get_by_label("Formule d’appel").select_option(label="Monsieur")
    page.get_by_label("Nom de famille").fill("Weber")
    page.get_by_role("button", name="Réserver").click()
    # What is missing is said, and what was typed is still there.
    expect(page.locator("[data-error-summary]")).to_be_visible()
    expect(page.get_by_label("Nom de famille")).to_have_value("Weber")
    page.get_by_label("Prénom").fill("Jan")
    page.get_by_label("Nationalité").select_option("UA")
    page.get_by_label("Date de naissance").fill("1.2.1980")
    page.get_by_label("Adresse", exact=True).fill("Rue Neuve 1, 2740 Moutier")
    page.get_by_role("button", name="Réserver").click()
    page.get_by_role("button", name="Confirmer").first.click()
    expect(page.get_by_text("Le rendez-vous est confirmé.")).to_be_visible()
    page.get_by_label("Langue de la convocation").select_option("uk")
    page.get_by_role("button", name="Appliquer les langues").click()
    link = page.get_by_role("link", name="Imprimer l’invitation")
    assert "/invitation/uk/" in str(link.get_attribute("href"))


@pytest.mark.req("BKG-007", "BKG-013", "BKG-030", "BKG-034")
def test_the_journey_in_german(page: Page, house: House) -> None:
    become(page, house, PEOPLE["Spiez"])
    page.goto(house.url("/booking/dates/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Termin suchen")
    expect(page.locator("main tbody tr").first).to_contain_text(
        re.compile(r"(Montag|Dienstag|Mittwoch|Donnerstag|Freitag), \d+\. \w+\.? 20")
    )
    page.get_by_role("button", name=re.compile("^Auswählen ")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Termin reservieren")
    page.get_by_label("Gesprächssprache").select_option(index=1)
    page.get_by_label("Zuweisungsart").select_option(label="Empfohlene Zuweisung")
    page.get_by_label("Anrede").select_option(label="Frau")
    page.get_by_label("Nachname").fill("Yılmaz")
    page.get_by_label("Vorname").fill("Elif")
    page.get_by_label("Nationalität").select_option("TR")
    page.get_by_label("Geburtsdatum").fill("31.12.1975")
    page.get_by_text("Ja", exact=True).click()
    page.get_by_label("E-Mail", exact=False).last.fill("elif@example.org")
    page.get_by_label("Adresse", exact=True).fill("Seestrasse 1, 3700 Spiez")
    page.get_by_role("button", name="Reservieren").click()
    expect(page.get_by_text("noch nicht bestätigt").first).to_be_visible()
    page.get_by_role("button", name="Bestätigen").first.click()
    expect(page.get_by_text("Der Termin ist bestätigt.")).to_be_visible()
    until(lambda: house.mails("elif@example.org"), "the client's message")
    (message,) = house.mails("elif@example.org")
    assert (
        "Beratungsgespräch" in str(message["Subject"])
        or "=?utf-8" in message["Subject"]
    )
    body = message.as_string()
    assert "Kanton Bern" in body or "Kanton=20Bern" in body or "S2FudG9u" in body


def test_no_page_shows_that_valkey_is_stopped(page: Page, house: House) -> None:
    if house.broker is None:
        pytest.skip("no Valkey of one's own on this machine")
    house.broker.stop()
    try:
        sign_in(page, house, PEOPLE["Frutigen"], "/booking/dates/", "de")
        page.get_by_role("button", name=re.compile("^Auswählen ")).first.click()
        page.get_by_label("Gesprächssprache").select_option(index=1)
        page.get_by_label("Zuweisungsart").select_option(index=1)
        page.get_by_label("Anrede").select_option(index=1)
        page.get_by_label("Nachname").fill("Ohneval")
        page.get_by_label("Vorname").fill("Key")
        page.get_by_label("Nationalität").select_option("TR")
        page.get_by_label("Geburtsdatum").fill("31.12.1975")
        page.get_by_text("Ja", exact=True).click()
        page.get_by_label("E-Mail", exact=False).last.fill("ohne@example.org")
        page.get_by_label("Adresse", exact=True).fill("Dorf 1, 3714 Frutigen")
        page.get_by_role("button", name="Reservieren").click()
        page.get_by_role("button", name="Bestätigen").first.click()
        expect(page.get_by_text("Der Termin ist bestätigt.")).to_be_visible()
        assert house.mails("ohne@example.org") == []
    finally:
        house.broker.start()
    until(lambda: house.mails("ohne@example.org"), "the client's message")
