"""A house and a browser for the journeys."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.demonstration import Demonstration
from tests.journeys.house import House, running_house

ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each process of the tests has a house of its own; journeys are slow."""
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def house(
    tmp_path_factory: pytest.TempPathFactory, demonstration: Demonstration
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = f"{connection.settings_dict['NAME']}_house_{process}"
    with running_house(folder, name, demonstration) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    if not Path(program).exists():
        pytest.skip("No Chromium on this machine.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """What the browser complained about, and which hosts it asked."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    def _console(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and "status of 4" not in text:
            self.complaints.append(text)


@pytest.fixture
def page(chromium: Browser, house: House) -> Iterator[Page]:
    """A fresh browser, 1280 wide, in French; fails on CSP violations and foreign hosts."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="fr-CH", accept_downloads=True
    )
    watch = Watch(context)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
    assert watch.complaints == []
    assert {host for host in watch.hosts if ".localhost:" not in host} == set()
