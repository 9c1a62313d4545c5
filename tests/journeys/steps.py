"""Steps that several journeys take, by the labels that people see."""

import base64
import re
import shutil
import subprocess
import time
from pathlib import Path

from django_otp.oath import hotp, totp
from playwright.sync_api import Page, expect

from config.demo.people import OTHERS, PASSWORD, Person
from tests.journeys.house import House

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def code_of_key(key: str) -> str:
    """The code for the key that the page shows, by an independent program if there is one."""
    letters = key.replace(" ", "")
    if shutil.which("oathtool"):
        command = ["oathtool", "--totp", "--base32", letters]
        return subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout.strip()
    return f"{totp(base64.b32decode(letters)):06d}"


LAST_STEP: dict[str, int] = {}


def fresh_code(person: Person) -> str:
    """A code that was not used yet: each works once, the next half minute's does already."""
    step = LAST_STEP.get(person.username, -1) + 1
    while step > time.time() // 30 + 1:
        time.sleep(0.2)
    LAST_STEP[person.username] = step = max(step, int(time.time()) // 30)
    return f"{hotp(person.seed, step):06d}"


DOOR = {
    "fr": (
        "Nom d’utilisateur/trice",
        "Mot de passe",
        "Ouvrir une session",
        "Fermer la session",
    ),
    "de": ("Benutzername", "Passwort", "Anmelden", "Abmelden"),
}


def sign_in(
    page: Page, house: House, person: Person, path: str = "/", language: str = "fr"
) -> None:
    """Password, then code, as a person does."""
    name, password, enter, leave = DOOR[language]
    page.goto(house.url(path))
    if page.locator("html").get_attribute("lang") != language:
        page.get_by_role(
            "button", name={"fr": "Français", "de": "Deutsch"}[language]
        ).first.click()
    page.get_by_label(name).fill(person.username)
    page.get_by_label(password, exact=True).fill(PASSWORD)
    page.get_by_role("button", name=enter).click()
    page.get_by_label("Code").fill(fresh_code(person))
    page.get_by_role("button", name=enter).click()
    expect(page.get_by_role("button", name=leave).first).to_be_attached()


def tenant_of(person: Person) -> str:
    """Where somebody of the demonstration is at home."""
    others = (slug for slug, persons in OTHERS.items() if person in persons)
    return next(others, "berne")


def become(page: Page, house: House, person: Person) -> None:
    """The demonstration's one click."""
    page.goto(house.url(f"/demo/become/{person.username}/", tenant_of(person)))
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()


def fetch(page: Page, path: str) -> tuple[str, bytes]:
    """What the signed-in browser gets from an address: its kind and its content."""
    kind, content = page.evaluate(
        """async path => {
            const answer = await fetch(path);
            const bytes = new Uint8Array(await answer.arrayBuffer());
            return [answer.headers.get("content-type"), Array.from(bytes)];
        }""",
        path,
    )
    return kind, bytes(content)


def sign_out(page: Page) -> None:
    """Wherever the button stands at this width."""
    page.locator("form[action$='sign-out/'] button").first.evaluate("b => b.click()")
    page.wait_for_url("**/sign-in/**")


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page as it stands, and sideways scrolling."""
    page.evaluate(AXE)
    violations = page.evaluate(
        """async tags => {
            const runOnly = {type: "tag", values: tags};
            const options = {runOnly, resultTypes: ["violations"]};
            return (await axe.run(document, options)).violations;
        }""",
        TAGS,
    )
    found = [
        f"{page.url}: {rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in violations
        for node in rule["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"{page.url}: scrolls {wide} px sideways at {page.viewport_size}")
    return found


# The focus is drawn on the element, on what stands in for it, or on the box around it.
OUTLINE = """() => {
    const e = document.activeElement;
    const shown = [e, e.nextElementSibling, e.parentElement, e.parentElement.parentElement];
    return shown.filter(Boolean).some(one => {
        const style = getComputedStyle(one);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
            || style.boxShadow !== "none";
    });
}"""


def tab_to(page: Page, name: str, *, role: str = "") -> None:
    """Tabs on until something of this name has the focus, which must be seen."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and re.search(name, focus_name(page)):
            assert page.evaluate(OUTLINE), f"no visible focus on {name}"
            return
    raise AssertionError(f"The keyboard does not reach {name} on {page.url}")


def focus_name(page: Page) -> str:
    """What a screen reader would call the element in focus."""
    return str(
        page.evaluate(
            """() => {
                const e = document.activeElement;
                const by = (e.getAttribute("aria-labelledby") || "").split(" ")
                    .map(id => document.getElementById(id)?.innerText || "").join(" ");
                const labels = e.labels ? [...e.labels].map(l => l.innerText).join(" ") : "";
                return [by, e.getAttribute("aria-label") || "", labels,
                        e.tagName === "SELECT" ? "" : e.innerText || ""].join(" ");
            }"""
        )
    )
