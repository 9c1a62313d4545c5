"""The end of a session: told two minutes before, put off by a key, nothing typed is lost.

The browser's clock is moved, so that nobody waits; the house is the real one.
"""

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from config.demo.people import BERNE, PASSWORD, Person
from tests.journeys.house import House
from tests.journeys.steps import become, faults_of, fresh_code

PEOPLE = {person.username: person for person in BERNE}
SOMEBODY = PEOPLE["Spiez"]
NEARLY = "58:05"
OVER = "02:05"
TYPED = "Beatrice Noch Nicht Gespeichert"
PROFILE = "/account/profile/"


def dialog(page: Page) -> Locator:
    return page.locator("dialog#session")


def begin(page: Page, house: House, path: str = PROFILE) -> None:
    """Somebody signed in, on a form, by a clock that can be moved."""
    page.clock.install()
    become(page, house, SOMEBODY)
    page.goto(house.url(path))


def end_on_the_server(house: House, person: Person) -> None:
    """What an hour would do."""
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        connection.execute(
            "DELETE FROM accounts_usersession session USING accounts_user person"
            " WHERE person.id = session.user_id AND person.username = %s",
            [person.username],
        )


def come_back(page: Page, person: Person) -> None:
    """Password and code on the page that stands there, in German."""
    page.get_by_label("Benutzername").fill(person.username)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_label("Code").fill(fresh_code(person))
    page.get_by_role("button", name="Anmelden").click()


@pytest.mark.parametrize("key", ["Enter", "Escape"])
@pytest.mark.parametrize("width", [1280, 320])
def test_one_key_keeps_the_session_and_what_is_typed(
    page: Page, house: House, key: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    begin(page, house)
    field = page.get_by_label("Vorname")
    field.fill(TYPED)
    expect(dialog(page)).to_be_hidden()
    page.clock.fast_forward(NEARLY)
    expect(dialog(page)).to_be_visible()
    expect(dialog(page).locator("[data-close]")).to_be_focused()
    expect(dialog(page)).to_contain_text("Ihre Sitzung endet bald")
    assert faults_of(page) == []
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.activeElement.closest('dialog') !== null"
        )
    dialog(page).locator("[data-close]").focus()
    with page.expect_response("**/session/keep/") as answer:
        page.keyboard.press(key)
    assert answer.value.status == 204
    expect(dialog(page)).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value(TYPED)
    page.clock.fast_forward("03:00")
    expect(dialog(page)).to_be_hidden()


def test_all_tabs_know(page: Page, house: House) -> None:
    begin(page, house)
    other = page.context.new_page()
    other.goto(house.url("/account/"))
    page.clock.fast_forward(NEARLY)
    for tab in (page, other):
        expect(dialog(tab)).to_be_visible()
    page.keyboard.press("Enter")
    for tab in (page, other):
        expect(dialog(tab)).to_be_hidden()
    page.locator("form[action$='sign-out/'] button").first.evaluate("b => b.click()")
    other.wait_for_url("**/sign-in/**")


def test_after_the_end_everything_typed_is_there_again(
    page: Page, house: House
) -> None:
    begin(page, house)
    page.get_by_label("Vorname").fill(TYPED)
    page.get_by_label("Français").check()
    page.clock.fast_forward(NEARLY)
    expect(dialog(page)).to_be_visible()
    end_on_the_server(house, SOMEBODY)
    page.clock.fast_forward(OVER)
    page.wait_for_url("**/sign-in/?next=*&ended=1")
    expect(page.locator(".notice")).to_contain_text("Ihre Sitzung ist zu Ende")
    assert faults_of(page) == []
    come_back(page, SOMEBODY)
    page.wait_for_url(f"**{PROFILE}")
    expect(page.get_by_label("Vorname")).to_have_value(TYPED)
    expect(page.get_by_label("Français")).to_be_checked()
    expect(page.locator("main .notice")).to_contain_text("wieder da")
    assert faults_of(page) == []
    page.reload()
    expect(page.get_by_label("Vorname")).to_have_value("Beat")


def test_a_form_sent_after_the_end_is_not_lost_either(page: Page, house: House) -> None:
    begin(page, house)
    page.get_by_label("Vorname").fill(TYPED)
    end_on_the_server(house, SOMEBODY)
    page.locator("main form button.button").click()
    page.wait_for_url("**/sign-in/?next=*")
    come_back(page, SOMEBODY)
    page.wait_for_url(f"**{PROFILE}")
    expect(page.get_by_label("Vorname")).to_have_value(TYPED)


def test_what_was_saved_is_not_typed_again(page: Page, house: House) -> None:
    begin(page, house)
    page.get_by_label("Nachname").fill("Mani-Neu")
    page.locator("main form button.button").click()
    page.wait_for_url("**/account/")
    page.goto(house.url(PROFILE))
    expect(page.locator("main .notice")).to_have_count(0)
    page.get_by_label("Nachname").fill("Mani")
    page.locator("main form button.button").click()
    page.wait_for_url("**/account/")


def test_no_password_is_kept_and_nothing_for_anybody_else(
    page: Page, house: House
) -> None:
    begin(page, house, "/account/password/")
    for one in page.locator("main input[type=password]").all():
        one.fill("streng geheim und lang")
    page.clock.fast_forward(NEARLY)
    expect(dialog(page)).to_be_visible()
    end_on_the_server(house, SOMEBODY)
    page.clock.fast_forward(OVER)
    page.wait_for_url("**/sign-in/**")
    assert "geheim" not in page.evaluate("JSON.stringify(sessionStorage)")

    become(page, house, SOMEBODY)
    page.goto(house.url(PROFILE))
    page.get_by_label("Vorname").fill(TYPED)
    end_on_the_server(house, SOMEBODY)
    page.clock.fast_forward("01:01:00")
    page.wait_for_url("**/sign-in/**")
    assert TYPED in page.evaluate("JSON.stringify(sessionStorage)")
    become(page, house, PEOPLE["Frutigen"])
    page.goto(house.url(PROFILE))
    expect(page.get_by_label("Vorname")).to_have_value("Markus")
    assert TYPED not in page.evaluate("JSON.stringify(sessionStorage)")


def test_signing_out_leaves_nothing_behind(page: Page, house: House) -> None:
    begin(page, house)
    page.get_by_label("Vorname").fill(TYPED)
    page.locator("form[action$='sign-out/'] button").first.evaluate("b => b.click()")
    page.wait_for_url("**/sign-in/**")
    assert TYPED not in page.evaluate("JSON.stringify(sessionStorage)")
