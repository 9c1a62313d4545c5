"""Every page of every role: axe, no sideways scrolling, no complaint (TRUST §6).

The pages come from the addresses of the house: a new one fails here until it is walked.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from config.demo.people import BERNE, OTHERS, Person
from core.access import ADMINISTRATORS, DEMO, PUBLIC, ROLES, SIGNED_IN
from tests.accounts.routes import routes
from tests.journeys.house import House
from tests.journeys.steps import become, faults_of, tenant_of

PEOPLE = {
    person.username: person
    for persons in (BERNE, *OTHERS.values())
    for person in persons
}
NARROW = {"width": 320, "height": 900}
# What answers with something else than a page, or is no page of its own.
NO_PAGE = {
    "theme": "a stylesheet",
    "logo": "a picture",
    "accounts:home": "leads on",
    "accounts:code": "half signed in: test_door.py",
    "accounts:recovery_code": "half signed in: test_door.py",
    "accounts:accept_terms": "accepted by all: test_terms.py",
    "accounts:enrol": "half signed in: test_door.py",
    "accounts:invitation": "needs a link: test_door.py",
    "accounts:invitation_link": "leads on",
    "accounts:reset": "needs a link: test_door.py",
    "accounts:reset_link": "leads on",
    "booking:invitation": "a PDF",
    "booking:sheet": "a PDF",
    "booking:form": "a file",
    "booking:blank_form": "a PDF",
    "booking:feed": "a calendar",
    "counters:calendar": "a calendar",
    "counters:check": "needs a hold: test_counters.py",
    "booking:preview_sheet": "a PDF",
}
# Which record stands in an address: a query that gives one that the person may see.
BOOKING = """
    SELECT booking.id FROM booking_booking booking
    JOIN booking_slot slot ON slot.id = booking.slot_id
    JOIN booking_counsellor counsellor ON counsellor.id = slot.counsellor_id
    JOIN booking_office office ON office.id = slot.office_id
    JOIN accounts_membership own ON own.organisation_id IN
        (booking.commune_id, office.organisation_id)
    JOIN accounts_user person ON person.id = own.user_id
    WHERE person.username = %(username)s AND booking.state = %(state)s
      AND (own.role <> 'booking.counsellor' OR counsellor.user_id = person.id)
    ORDER BY slot.starts_at DESC LIMIT 1
"""
PLACE = """
    SELECT place.id FROM booking_place place
    JOIN accounts_user person ON person.tenant_id = place.tenant_id
    WHERE person.username = %(username)s ORDER BY place.name LIMIT 1
"""
COLLEAGUE = """
    SELECT other.user_id FROM accounts_membership own
    JOIN accounts_user person ON person.id = own.user_id
    JOIN accounts_membership other ON other.organisation_id = own.organisation_id
    WHERE person.username = %(username)s ORDER BY other.user_id LIMIT 1
"""
OWN_TYPES = """
    JOIN counters_counter counter ON counter.id = {row}.counter_id
    JOIN counters_appointmenttype_services of ON of.appointmenttype_id = counter.type_id
    JOIN accounts_membership own ON own.organisation_id = of.organisation_id
    JOIN accounts_user person ON person.id = own.user_id
    WHERE person.username = %(username)s
"""
SLOT = (
    "SELECT slot.id FROM counters_slot slot"
    + OWN_TYPES.format(row="slot")
    + """
    AND slot.state = 'free' AND slot.starts_at > now() ORDER BY slot.starts_at LIMIT 1
"""
)
PLANNED = (
    "SELECT row.id FROM counters_appointment row"
    + OWN_TYPES.format(row="row")
    + """
    AND row.state = 'planned' AND row.starts_at > now() ORDER BY row.starts_at LIMIT 1
"""
)
COUNTER = """
    SELECT counter.id FROM counters_counter counter
    JOIN counters_appointmenttype_services of ON of.appointmenttype_id = counter.type_id
    JOIN accounts_membership own ON own.organisation_id = of.organisation_id
    JOIN accounts_user person ON person.id = own.user_id
    WHERE person.username = %(username)s ORDER BY counter.name LIMIT 1
"""
OF_TENANT = """
    SELECT row.id FROM {table} row JOIN accounts_user person ON person.tenant_id = row.tenant_id
    WHERE person.username = %(username)s ORDER BY {order} LIMIT 1
"""
FILE = OF_TENANT.format(table="counters_person", order="row.number")
TYPE = OF_TENANT.format(table="counters_appointmenttype", order="row.position")
MINE = """
    SELECT row.id FROM counters_appointment row
    JOIN counters_person holder ON holder.id = row.holder_id
    JOIN accounts_user person ON person.id = holder.user_id
    WHERE person.username = %(username)s AND row.state = %(state)s
    ORDER BY row.starts_at LIMIT 1
"""
RECORDS = {
    "counters:slot": SLOT,
    "counters:assign": SLOT,
    "counters:appointment": PLANNED,
    "counters:change": PLANNED,
    "counters:cancel": PLANNED,
    "counters:waiting_room": OF_TENANT.format(
        table="counters_townplace", order="row.name"
    ),
    "counters:record": OF_TENANT.format(table="counters_townplace", order="row.name"),
    "counters:person": FILE,
    "counters:counter": COUNTER,
    "counters:queue": COUNTER,
    "counters:places": TYPE,
    "counters:times": TYPE,
    "counters:done": MINE,
    "counters:cancel_mine": MINE,
    "booking:booking": BOOKING,
    "booking:edit": BOOKING,
    "booking:cancel": BOOKING,
    "booking:delete": BOOKING,
    "booking:reassign": BOOKING,
    "booking:record": PLACE,
    "accounts:terms_version": OF_TENANT.format(
        table="accounts_terms", order="row.number"
    ),
    "accounts:organisation": OF_TENANT.format(
        table="accounts_organisation", order="row.name"
    ),
    "accounts:person": COLLEAGUE,
    "accounts:reset_factor": COLLEAGUE,
    "accounts:data_of": COLLEAGUE,
    "accounts:message": OF_TENANT.format(
        table="core_outgoingmessage", order="row.created_at"
    ),
}
# Chosen on the page itself, then in its address.
CHOSEN = {"counters:queue": "counter"}
# What else stands in an address.
PARTS = {
    f"{app}:{name}": ["places"]
    for app in ("booking", "counters")
    for name in ("records", "add_record", "record")
} | {"accounts:data_of": ["accounts.user"]}
# Domains that a tenant of the demonstration does not have.
ELSEWHERE = {"berne": {"counters"}, "mairie": {"booking"}}
STATES = {
    "booking:delete": "taken",
    "counters:done": "planned",
    "counters:cancel_mine": "planned",
}
PLACE_OF_TYPE = """
    SELECT counter.place_id FROM counters_counter counter
    WHERE counter.type_id = %(type)s ORDER BY counter.name LIMIT 1
"""


# Who also walks the pages that are everybody's: both layouts, both languages.
EVERYTHING = {"Moutier", "Interlaken", "petra.zaugg", "admin.mairie"}


def record(house: House, name: str, person: Person) -> uuid.UUID:
    given = {"username": person.username, "state": STATES.get(name, "confirmed")}
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        row = connection.execute(RECORDS[name], given).fetchone()
    assert row, f"the demonstration has nothing to show {person.username} on {name}"
    return row[0]  # type: ignore[no-any-return]


def may(view: Any, person: Person) -> bool:
    declared = view.access
    if declared.kind == ADMINISTRATORS and person.administrator:
        return True
    limited = declared.kind in {ROLES, ADMINISTRATORS}
    return not limited or person.role in declared.roles


def pages(house: House, person: Person) -> Iterator[str]:
    """The addresses of all pages that this person reaches; fails where no record is found.

    What is everybody's is walked by a few: it looks the same for all.
    """
    for name, view in sorted(routes().items()):
        declared = view.access
        if name in NO_PAGE or declared.kind == DEMO or "GET" not in declared.methods:
            continue
        if not may(view, person) or (declared.kind == PUBLIC and "accounts:" in name):
            continue
        if declared.kind in {PUBLIC, SIGNED_IN} and person.username not in EVERYTHING:
            continue
        if name.partition(":")[0] in ELSEWHERE[tenant_of(person)]:
            continue
        parts = PARTS.get(name, [])
        if name in CHOSEN:
            yield f"{reverse(name)}?{CHOSEN[name]}={record(house, name, person)}"
        elif name not in RECORDS:
            yield reverse(name, args=parts)
        else:
            found = record(house, name, person)
            yield reverse(name, args=[*parts, found, *more(house, name, found)])


def more(house: House, name: str, found: uuid.UUID) -> list[uuid.UUID]:
    """What else stands in an address behind the record."""
    if name != "counters:times":
        return []
    with psycopg.connect(house.environ["DATABASE_URL"]) as connection:
        row = connection.execute(PLACE_OF_TYPE, {"type": found}).fetchone()
    assert row
    return [row[0]]


def walk(page: Page, house: House, person: Person) -> tuple[list[str], int]:
    become(page, house, person)
    if person.role == "booking.commune":
        # A date of its own that waits to be confirmed, for the page that deletes it.
        page.goto(house.url("/booking/dates/"))
        page.locator("main td button[type=submit]").first.click()
    found, walked = [], 0
    for path in pages(house, person):
        answer = page.goto(house.url(path, tenant_of(person)))
        assert answer
        if answer.status >= 400:
            found.append(f"{path}: {answer.status}")
        found += faults_of(page)
        walked += 1
    return found, walked


@pytest.mark.parametrize(
    ("username", "language", "narrow", "least"),
    [
        ("Moutier", "fr", False, 15),
        ("Interlaken", "de", True, 15),
        ("rene.dubois", "fr", True, 5),
        ("zeynep.bektas", "de", False, 5),
        ("multimondo", "fr", True, 7),
        ("kio.thun", "de", False, 7),
        ("sandrine.jeanrenaud", "fr", False, 11),
        ("ursula.affolter", "de", True, 4),
        ("admin.mairie", "fr", True, 5),
        ("marc.tieche", "fr", True, 6),
        ("aline.chopard", "fr", True, 4),
        ("petra.zaugg", "de", False, 6),
        ("canton", "fr", False, 7),
    ],
)
def test_every_page_of_every_role(
    page: Page, house: House, username: str, language: str, narrow: bool, least: int
) -> None:
    if narrow:
        page.set_viewport_size(NARROW)
    found, walked = walk(page, house, PEOPLE[username])
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert found == []
    assert walked >= least


WRONG = {
    "/booking/dates/?date=31.4.2026": "SaintImier",
    "/nowhere/": "BielBienne",
    "/booking/bookings/?q=Niemand&which=past": "zeynep.bektas",
    "/team/": "rene.dubois",  # not for this role
}


@pytest.mark.parametrize("path", WRONG)
@pytest.mark.parametrize("narrow", [False, True])
def test_pages_that_say_no(page: Page, house: House, path: str, narrow: bool) -> None:
    if narrow:
        page.set_viewport_size(NARROW)
    become(page, house, PEOPLE[WRONG[path]])
    page.goto(house.url(path))
    assert faults_of(page) == []


@pytest.mark.parametrize(
    "path",
    ["/booking/wishes/", "/booking/commune/", "/team/invite/", "/account/password/"],
)
def test_forms_sent_empty_say_what_is_missing(
    page: Page, house: House, path: str
) -> None:
    page.set_viewport_size(NARROW)
    become(page, house, PEOPLE["Interlaken"])
    page.goto(house.url(path))
    for field in page.locator(
        "main input[type=text]:enabled, main input[type=email]"
    ).all():
        if field.is_editable() and field.is_visible():
            field.fill("")
    page.locator("main form button.button").first.click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert faults_of(page) == []


def test_the_net_sees_planted_faults(page: Page, house: House) -> None:
    page.set_viewport_size(NARROW)
    page.goto(house.url("/help/"))
    assert faults_of(page) == []
    page.evaluate("document.querySelector('main').append(new Image())")
    page.evaluate("document.querySelector('h1').style.width = '400px'")
    found = " ".join(faults_of(page))
    assert "image-alt" in found
    assert "sideways" in found
