"""A real browser tells the house what its content security policy refused."""

import psycopg
from playwright.sync_api import Browser, Request

from tests.journeys.house import House

INJECTED = """() => {
    const script = document.createElement("script");
    script.textContent = "window.harmed = true";
    document.body.append(script);
}"""


def is_report(request: Request) -> bool:
    return request.url.endswith("/csp-reports/")


def test_a_script_that_was_smuggled_in_is_refused_and_told(
    chromium: Browser, house: House
) -> None:
    context = chromium.new_context()  # its own: a violation fails every other journey
    page = context.new_page()
    page.goto(house.url("/sign-in/"))
    with page.expect_event("requestfinished", is_report) as told:
        page.evaluate(INJECTED)
    answer = told.value.response()
    assert answer
    assert answer.status == 204
    assert not page.evaluate("window.harmed === true")
    context.close()
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT directive, number FROM core_cspreports")
        assert rows.fetchall() == [("script-src-elem", 1)]
