"""The first journey, in a real browser, against real processes."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from config.demo.people import BERNE
from tests.journeys.house import House, until
from tests.journeys.steps import become, faults_of, fetch, sign_in, sign_out

PEOPLE = {person.username: person for person in BERNE}
NARROW = {"width": 320, "height": 700}


def pdf(path: Path) -> Path:
    """An honest one-page PDF."""
    document = pikepdf.new()
    document.add_blank_page()
    document.save(path)
    return path


def find_a_date(page: Page, house: House, place: str) -> None:
    page.goto(house.url("/booking/dates/"))
    box = page.get_by_role("combobox", name="Lieux de tenue des entretiens")
    box.fill(place[:4])
    box.press("Enter")
    page.get_by_role("button", name="Recherche").click()
    expect(page).to_have_url(re.compile("places="))
    page.get_by_role("button", name="Sélectionner").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Réserver une date")


def enter_the_client(page: Page, *, email: str = "") -> None:
    page.get_by_label("Langue de l’entretien").select_option(index=1)
    page.get_by_label("Type d’envoi").select_option(label="Envoi recommandé")
    page.get_by_label("Formule d’appel").select_option(label="Madame")
    page.get_by_label("Nom de famille").fill("Tesfay")
    page.get_by_label("Prénom").fill("Selam")
    page.get_by_label("Nationalité").select_option("ER")
    page.get_by_label("Date de naissance").fill("14.3.1991")
    if email:
        page.get_by_text("Oui", exact=True).click()
        page.get_by_label("Courriel", exact=False).last.fill(email)


@pytest.mark.req(
    "BKG-001",
    "BKG-002",
    "BKG-003",
    "BKG-008",
    "BKG-010",
    "BKG-011",
    "BKG-013",
    "BKG-020",
    "BKG-021",
    "BKG-022",
    "BKG-025",
    "BKG-030",
    "BKG-031",
    "BKG-033",
    "BKG-034",
)
def test_a_clerk_books_an_interview(page: Page, house: House, tmp_path: Path) -> None:
    clerk = PEOPLE["SaintImier"]
    sign_in(page, house, clerk, "/booking/dates/")
    expect(page).to_have_url(house.url("/booking/dates/"))
    find_a_date(page, house, "Moutier")
    page.goto(house.url("/booking/dates/"))
    waiting = page.locator("aside", has_text="Mes réservations")
    expect(waiting.get_by_text(re.compile("Non confirmé")).first).to_be_visible()
    waiting.get_by_role("link").last.click()
    enter_the_client(page, email="selam@example.org")
    page.get_by_role("tab", name="Charger des documents").click()
    page.locator("input[type=file]").set_input_files(pdf(tmp_path / "formulaire.pdf"))
    expect(page.get_by_text("Téléchargement terminé").first).to_be_attached()
    page.get_by_role("button", name="Réserver").click()
    recap = page.get_by_role("main")
    expect(recap.get_by_role("button", name="Confirmer")).to_have_count(2)
    for text in ("Tesfay", "Selam", "Érythrée", "14.03.1991", "Envoi recommandé"):
        expect(recap.get_by_text(text).first).to_be_visible()
    assert house.mails("selam@example.org") == []
    page.get_by_role("button", name="Confirmer").first.click()
    expect(page.get_by_text("Le rendez-vous est confirmé.")).to_be_visible()
    expect(page.locator("aside", has_text="Tesfay")).to_have_count(0)
    until(lambda: house.mails("selam@example.org"), "the client's message")
    counsellor = [m for m in house.mails("@berne.example") if "entretien" in str(m)]
    assert counsellor, "the counsellor's message"
    assert "Tesfay" not in counsellor[0].as_string()
    calendar = [
        p for p in counsellor[0].walk() if p.get_content_type() == "text/calendar"
    ]
    assert calendar[0].get_param("method") == "REQUEST"


@pytest.mark.req("BKG-031")
@pytest.mark.parametrize("language", ["fr", "ar", "ti", "ta", "uk"])
def test_the_invitation_is_printed_in_the_clients_language(
    page: Page, house: House, language: str, tmp_path: Path
) -> None:
    become(page, house, PEOPLE["Moutier"])
    find_a_date(page, house, "Biel")
    enter_the_client(page)
    page.get_by_label("Adresse", exact=True).fill("Rue Neuve 1, 2740 Moutier")
    page.get_by_role("button", name="Réserver").click()
    page.get_by_label("Langue de la convocation").select_option(language)
    link = page.get_by_role("link", name="Imprimer l’invitation")
    expect(link).to_have_attribute("href", re.compile(f"/{language}/"))
    address = str(link.get_attribute("href"))
    until(lambda: fetch(page, address)[0] == "application/pdf", "the invitation")
    _kind, content = fetch(page, address)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == language
        assert document.Root.MarkInfo.Marked
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    assert "Selam Tesfay" in text
    assert "032 555 01 40" in text
    scripts = {
        "fr": "Invitation",
        "ar": "دعوة",
        "ti": "ዕድመ",
        "ta": "ஆேலாசைன",
        "uk": "Запрошення",
    }
    if language != "ta":  # Tamil's vowels come out in the order drawn (docs/adr/0004)
        assert scripts[language] in text


@pytest.mark.req("BKG-002")
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("username", ["SaintImier", "BielBienne"])
def test_the_door_has_no_fault_that_axe_sees(
    page: Page, house: House, username: str, narrow: bool
) -> None:
    """The pages behind it: test_pages.py."""
    if narrow:
        page.set_viewport_size(NARROW)
    become(page, house, PEOPLE[username])
    page.goto(house.url("/booking/dates/"))
    sign_out(page)
    assert faults_of(page) == []
    page.locator("main button.button").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert faults_of(page) == []
