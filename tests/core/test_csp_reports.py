"""Browsers report what the content security policy refused (TRUST §2.4, ASVS 3.4.3)."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as house
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, UserSession
from core import csp_reports
from core.csp_reports import CspReports
from core.metrics import readings
from tests.accounts.door import browser
from tests.conftest import Canton

LINK = reverse("accounts:reset_link", args=["a-secret-token"])
PAGE = f"https://berne.localhost{LINK}?name=Kanarienvogel#there"
OLD = {
    "csp-report": {
        "document-uri": PAGE,
        "referrer": "https://berne.localhost/?q=Kanarienvogel",
        "violated-directive": "script-src 'self'",
        "effective-directive": "script-src-elem",
        "original-policy": "default-src 'none'",
        "blocked-uri": "https://evil.example:8443/steal.js?of=Kanarienvogel",
        "script-sample": "Kanarienvogel",
    }
}
NEW = {
    "type": "csp-violation",
    "age": 7,
    "url": PAGE,
    "user_agent": "Kanarienvogel",
    "body": {
        "documentURL": PAGE,
        "effectiveDirective": "style-src-attr",
        "blockedURL": "inline",
        "sample": "Kanarienvogel",
    },
}
FORMATS = {"uri": "application/csp-report", "to": "application/reports+json"}


def send(
    told: Any, form: str = "uri", *, client: Client | None = None, **extra: Any
) -> int:
    body = told if isinstance(told, bytes | str) else json.dumps(told)
    client = client or Client(
        headers={"host": "berne.localhost"}, enforce_csrf_checks=True
    )
    path = house.CSP_REPORTS
    return client.post(path, body, content_type=FORMATS[form], **extra).status_code


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[tuple[str, ...]]]:
    """What the log says of violations."""
    caplog.set_level(logging.INFO)

    def of_log() -> list[tuple[str, ...]]:
        found = [it.msg for it in caplog.records if isinstance(it.msg, dict)]
        return [
            (it["directive"], it["blocked"], it["page"])
            for it in found
            if it["event"] == "csp.violation"
        ]

    return of_log


def counted() -> dict[str, int]:
    return dict(CspReports.objects.values_list("directive", "number"))


Lines = Callable[[], list[tuple[str, ...]]]


@pytest.mark.django_db
def test_both_formats_are_logged_and_counted(
    lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    assert send(OLD) == 204
    assert send([NEW, {"type": "deprecation", "body": {}}, NEW], "to") == 204
    page = "accounts:reset_link"
    assert lines() == [
        ("script-src-elem", "evil.example", page),
        ("style-src-attr", "inline", page),
        ("style-src-attr", "inline", page),
    ]
    assert counted() == {"script-src-elem": 1, "style-src-attr": 2}
    assert "Kanarienvogel" not in caplog.text
    assert "secret" not in caplog.text
    values = readings()["perron_csp_reports"]
    assert values == {
        ("directive", "script-src-elem"): 1,
        ("directive", "style-src-attr"): 2,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("eval", "eval"),
        ("data:image/png;base64,S2FuYXJpZW52b2dlbA==", "data"),
        ("chrome-extension://kanarienvogel/a.js", "chrome-extension"),
        ("http://[::1", "other"),
        ("http://[::1]/", "other"),
        ("https://Evil.Example/", "evil.example"),
        ("https://" + "a" * 101 + ".example/", "other"),
        ("a\nb", "other"),
        ("", "other"),
        (7, "other"),
        ({"a": 1}, "other"),
    ],
)
def test_of_what_was_blocked_a_word_is_kept(
    lines: Lines, address: Any, told: str
) -> None:
    facts = {"effective-directive": "img-src", "blocked-uri": address}
    assert send({"csp-report": facts}) == 204
    assert lines() == [("img-src", told, "other")]


@pytest.mark.django_db
def test_words_that_nobody_knows_are_counted_as_one(lines: Lines) -> None:
    for directive in ("x" * 500, "img-src\n", ["img-src"], "\x00", "no-such-src"):
        send({"csp-report": {"effective-directive": directive}})
    assert counted() == {"other": 5}
    assert {directive for directive, *_ in lines()} == {"other"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"\xff\xfe\x00",
        b"[" * 16_000,
        b"null",
        b"7",
        b'"csp-report"',
        b"[null, 7, [], {}]",
        b'{"csp-report": null}',
        b'{"csp-report": []}',
        b'{"type": "csp-violation"}',
        b'[{"type": "csp-violation", "body": "x"}]',
        b"1" * 5000,
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_report_is_passed_over(body: bytes, form: str) -> None:
    assert send(body, form) == 204
    assert counted() == {}


@pytest.mark.django_db
def test_a_body_is_not_read_past_its_limit() -> None:
    room = csp_reports.MOST_BYTES - len(json.dumps(OLD))
    assert send(json.dumps(OLD) + " " * room) == 204
    assert send(json.dumps(OLD) + " " * (room + 1)) == 413
    assert counted() == {"script-src-elem": 1}


@pytest.mark.django_db
def test_of_one_body_twenty_are_taken() -> None:
    short = {"csp-report": {"effective-directive": "img-src"}}
    assert send([short] * 30, "to") == 204
    assert counted() == {"img-src": csp_reports.MOST_REPORTS}


@pytest.mark.django_db
def test_an_address_that_sends_many_waits_and_others_do_not() -> None:
    answers = [send(OLD) for _ in range(22)]
    assert answers == [204] * 20 + [429] * 2
    assert send(OLD, client=browser("192.0.2.8")) == 204
    assert counted() == {"script-src-elem": 21}


def test_a_report_is_nobodys_and_keeps_no_session_alive(
    canton: Canton, as_: Callable[[Membership], Client], caplog: Any
) -> None:
    caplog.set_level(logging.INFO)
    client = as_(canton.commune)
    UserSession.objects.all().delete()  # who looked at it would be signed out
    before = dict(client.cookies)
    caplog.clear()
    assert send(OLD, client=client) == 204
    assert dict(client.cookies) == before
    (line,) = [
        it.msg
        for it in caplog.records
        if isinstance(it.msg, dict) and it.msg["event"] == "request"
    ]
    assert (line["route"], line["actor"]) == ("csp_reports", "")


@pytest.mark.django_db
def test_it_is_taken_on_any_host_and_by_post_only() -> None:
    assert send(OLD, client=Client(headers={"host": "nobody.example"})) == 204
    assert browser().get(house.CSP_REPORTS).status_code == 405


@pytest.mark.django_db
def test_the_policy_leads_to_it() -> None:
    policy = browser().get("/sign-in/")["Content-Security-Policy"]
    assert f"report-uri {reverse('csp_reports')}" in policy.split("; ")
