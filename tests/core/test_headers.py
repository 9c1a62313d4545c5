"""Headers and cookies of production, on every kind of answer (TRUST §2.4)."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import Membership
from tests.accounts.door import browser, password
from tests.conftest import Canton, code_of
from tests.deploy.surroundings import PRODUCTION

HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "report-uri /csp-reports/",
}


@pytest.fixture
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that production has otherwise than tests."""
    base = "config.settings.base"
    monkeypatch.setattr(f"{base}.DEMO", False)
    monkeypatch.setattr(f"{base}.SECRET_KEY", PRODUCTION["SECRET_KEY"])
    monkeypatch.setattr("config.logs.logging_settings", lambda form: None)
    for name in ("EMAIL_URL", "EMAIL_FROM"):
        monkeypatch.setenv(name, PRODUCTION[name])
    module = importlib.import_module("config.settings.production")
    names = ["SECURE_", "SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE", "FACTOR_"]
    for name in dir(module):
        if name.startswith((*names, "KNOWN_BROWSER")):
            setattr(settings, name, getattr(module, name))


def ask(client: Client, method: str, path: str, **extra: Any) -> Any:
    return client.generic(method, path, secure=True, **extra)


ANSWERS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "a page": ("GET", "/sign-in/", {}, 200),
    "led to the door": ("GET", "/booking/dates/", {}, 302),
    "not there": ("GET", "/nothing/", {}, 404),
    "no such tenant": ("GET", "/sign-in/", {"headers": {"host": "evil.example"}}, 404),
    "probe": ("GET", "/live", {}, 200),
    "a method not allowed": ("DELETE", "/sign-in/", {}, 405),
    "a body too large": ("POST", "/sign-in/", {"CONTENT_LENGTH": "99999999"}, 413),
    "a bad host": ("GET", "/", {"headers": {"host": "a b"}}, 400),
}


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_lacks_a_header(canton: Canton, name: str) -> None:
    method, path, extra, status = ANSWERS[name]
    answer = ask(browser(), method, path, **extra)
    assert answer.status_code == status
    assert {key: answer.get(key) for key in HEADERS} == HEADERS
    assert set(answer["Content-Security-Policy"].split("; ")) >= POLICY
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Request-Id"]


@pytest.mark.usefixtures("production")
def test_a_fault_of_ours_goes_with_every_header(
    canton: Canton, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False, headers={"host": "berne.localhost"})

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("accounts.views.door.render", fail)
    answer = ask(client, "GET", "/sign-in/")
    assert answer.status_code == 500
    assert b"a fault" not in answer.content
    assert {key: answer.get(key) for key in HEADERS} == HEADERS
    assert set(answer["Content-Security-Policy"].split("; ")) >= POLICY
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(("name", "status"), [("a.css", 200), ("no.css", 404)])
def test_static_files_go_with_every_header(
    canton: Canton, settings: Any, tmp_path: Path, name: str, status: int
) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "a.css").write_text("a {}")
    answer = ask(browser(), "GET", f"/static/{name}")
    answer.getvalue()  # closes the file
    assert answer.status_code == status
    assert {key: answer.get(key) for key in HEADERS} == HEADERS
    assert set(answer["Content-Security-Policy"].split("; ")) >= POLICY
    assert answer["X-Request-Id"]


@pytest.mark.usefixtures("production")
def test_no_header_is_missing_where_tls_is_asked_for(canton: Canton) -> None:
    answer = browser().get("/sign-in/")
    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")
    # HSTS is for TLS only (RFC 6797, 7.2).
    wanted = {k: v for k, v in HEADERS.items() if not k.startswith("Strict")}
    assert {key: answer.get(key) for key in wanted} == wanted


@pytest.mark.usefixtures("production")
def test_a_form_without_its_token_is_refused_with_every_header(canton: Canton) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "berne.localhost"})
    answer = client.post("/sign-in/", {"login": "x"}, secure=True)
    assert answer.status_code == 403
    assert {key: answer.get(key) for key in HEADERS} == HEADERS


@pytest.mark.usefixtures("production")
def test_every_cookie_is_bound_to_the_host(canton: Canton) -> None:
    client = browser()
    login = {"login": "commune", "password": "cheval correct pile agrafe", "stay": "0"}
    client.get("/sign-in/", secure=True)
    client.post("/language/", {"language": "de", "next": "/sign-in/"}, secure=True)
    client.post("/sign-in/", login, secure=True)
    code = {"code": code_of(canton.commune.user), "remember": "1"}
    client.post("/sign-in/code/", code, secure=True)
    assert len(client.cookies) == 5
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"], name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name
        assert not cookie["domain"], name


def test_a_page_of_somebody_signed_in_is_kept_nowhere(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    for path in ("/booking/dates/", "/account/", "/team/"):
        assert "no-store" in as_(canton.commune).get(path)["Cache-Control"]


def test_a_notice_never_travels_in_a_cookie(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    client = as_(canton.commune)
    wanted = {"email": "n@x.example", "role": "booking.commune", "language": "fr"}
    client.post("/team/invite/", wanted)
    assert "messages" not in client.cookies
    assert len(list(get_messages(client.get("/team/").wsgi_request))) == 1


def test_the_session_changes_its_key_at_each_step(canton: Canton) -> None:
    client = browser()
    keys = ["planted by somebody else"]
    client.cookies["perron_session"] = keys[0]
    password(client)
    keys.append(client.cookies["perron_session"].value)
    client.post("/sign-in/code/", {"code": code_of(canton.commune.user)})
    keys.append(client.cookies["perron_session"].value)
    assert len(set(keys)) == 3
