"""The town: a citizen on a phone, and the agent who must move the appointment (CTR)."""

import re
from collections.abc import Iterator
from email.message import Message

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from config.demo.people import OTHERS
from tests.journeys.house import House, until
from tests.journeys.steps import become, faults_of

PEOPLE = {person.username: person for person in OTHERS["mairie"]}
PHONE = {"width": 320, "height": 700}


def reserve(page: Page, house: House) -> None:
    """From the start page to the confirmed appointment."""
    page.goto(house.url("/counters/", "mairie"))
    page.locator(".link-rows a").first.click()
    page.locator(".link-rows a").first.click()
    page.locator(".times label").first.click()
    page.get_by_role("button", name=re.compile("Garder|reservieren")).click()
    expect(
        page.get_by_text(re.compile("Réservé pour vous|Für Sie reserviert")).first
    ).to_be_visible()


def text_of(mail: Message) -> str:
    """What is written in the parts of a mail."""
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join(
        bytes(part.get_payload(decode=True)).decode("utf-8", "replace")
        for part in parts
    )


@pytest.fixture
def plain(chromium: Browser, house: House) -> Iterator[Page]:
    """A browser without JavaScript."""
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.mark.req("CTR-020", "CTR-021", "CTR-022", "CTR-023", "CTR-035")
def test_a_citizen_reserves_and_the_agent_must_move_it(
    page: Page, chromium: Browser, house: House
) -> None:
    page.set_viewport_size(PHONE)
    become(page, house, PEOPLE["aline.chopard"])
    reserve(page, house)
    assert faults_of(page) == []
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Votre rendez-vous est confirmé"
    )
    assert faults_of(page) == []
    reference = page.locator(".reference").inner_text()
    mails = lambda: house.mails("aline.chopard@mairie.example")  # noqa: E731
    until(
        lambda: any(reference in text_of(mail) for mail in mails()),
        "the confirmation",
    )

    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    agent = context.new_page()
    become(agent, house, PEOPLE["sandrine.jeanrenaud"])
    agent.goto(house.url("/counters/planned/?q=Chopard", "mairie"))
    agent.locator("main tbody a").first.click()
    agent.locator("dd a").first.click()
    expect(agent.get_by_role("heading", name=re.compile("Rendez-vous"))).to_be_visible()
    agent.goto(house.url("/counters/planned/?q=Chopard", "mairie"))
    agent.locator("main tbody a").first.click()
    agent.get_by_role("link", name="Changer le créneau").click()
    agent.get_by_role("button", name=re.compile("^Sélectionner")).first.click()
    expect(agent.get_by_text("la personne est avertie")).to_be_visible()
    context.close()
    moved = "Votre rendez-vous a été déplacé"
    until(lambda: any(moved in text_of(mail) for mail in mails()), "the new time")
    page.goto(house.url("/counters/mine/", "mairie"))
    assert faults_of(page) == []
    page.get_by_role("link", name=re.compile("^Choisir un autre horaire")).first.click()
    page.locator(".link-rows a").first.click()
    page.locator(".times label").first.click()
    page.get_by_role("button", name="Déplacer le rendez-vous à cet horaire").click()
    expect(page.get_by_text("Votre rendez-vous est déplacé.")).to_be_visible()


@pytest.mark.req("CTR-024")
def test_the_portal_without_javascript_on_a_phone(plain: Page, house: House) -> None:
    become(plain, house, PEOPLE["petra.zaugg"])
    reserve(plain, house)
    plain.get_by_role("button", name="Termin bestätigen").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text(
        "Ihr Termin ist bestätigt"
    )


@pytest.mark.req("CTR-021", "CTR-044")
def test_a_citizen_who_is_too_late_chooses_among_the_nearest(
    page: Page, house: House
) -> None:
    page.set_viewport_size(PHONE)
    become(page, house, PEOPLE["aline.chopard"])
    page.goto(house.url("/counters/", "mairie"))
    page.locator(".link-rows a").nth(2).click()
    page.locator(".link-rows a").first.click()
    keep = page.get_by_role("button", name="Garder cet horaire")
    keep.click()
    expect(page.get_by_role("alert")).to_have_text("Choisissez d’abord un horaire.")
    assert faults_of(page) == []
    chosen = page.locator("input[name=slot]").nth(1)
    suspend = "UPDATE counters_slot SET state = 'suspended' WHERE id = %s"
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        connection.execute(suspend, [chosen.get_attribute("value")])
    chosen.check()
    keep.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cet horaire vient d’être pris"
    )
    assert faults_of(page) == []
    page.locator("input[name=slot]").first.check()
    keep.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez vos réponses")


@pytest.mark.req("CTR-031")
def test_keys_for_the_daily_moves_are_shown_and_can_be_switched_off(
    page: Page, house: House
) -> None:
    become(page, house, PEOPLE["sandrine.jeanrenaud"])
    page.goto(house.url("/counters/slots/", "mairie"))
    page.keyboard.press("?")
    window = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(window.get_by_text("Semaine", exact=True)).to_be_visible()
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    page.keyboard.press("1")
    expect(page).to_have_url(re.compile("span=day"))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("day=20"))
    page.get_by_role("button", name="Raccourcis clavier").click()
    window.get_by_text("Utiliser ces touches sur cet appareil").click()
    page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    before = page.url
    page.keyboard.press("3")
    page.keyboard.press("?")
    expect(window).to_be_hidden()
    assert page.url == before
