"""Production as the proxy sees it: real processes, production's settings (TRUST §2.4, §7)."""

import http.client
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_headers import HEADERS, POLICY
from tests.deploy.fresh import Surroundings
from tests.deploy.surroundings import PRODUCTION

pytestmark = [
    pytest.mark.slow,
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("deploy"),
]


def ask(port: int, path: str, host: str = "berne.localhost", **headers: str) -> Any:
    """The answer that the proxy gets."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    told = {"Host": host, "X-Forwarded-Proto": "https", **headers}
    connection.request("GET", path, headers=told)
    response = connection.getresponse()
    response.text = response.read().decode(errors="replace")  # type: ignore[attr-defined]
    connection.close()
    return response


def static_file(house: Surroundings) -> str:
    manifest = json.loads(
        (Path(house["STATIC_ROOT"]) / "staticfiles.json").read_text("utf-8")
    )
    return f"/static/{manifest['paths']['css/parts.css']}"


def test_production_says_it_all_on_every_answer(house: Surroundings, port: int) -> None:
    asked = {
        "/sign-in/": 200,
        "/booking/dates/": 302,
        "/nothing/": 404,
        "/static/nothing.css": 404,
        static_file(house): 200,
        "/live": 200,
        "/ready": 200,
        "/metrics": 404,
        "/demo/": 404,
        "/styleguide/": 404,
        "/admin/": 404,
        "/.git/config": 404,
        "/static/../manage.py": 404,
        "/%ff": 404,
    }
    for path, status in asked.items():
        answer = ask(port, path)
        assert answer.status == status, path
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        policy = answer.headers["Content-Security-Policy"]
        assert set(policy.split("; ")) >= POLICY, path
        assert "unsafe" not in policy
        assert answer.headers["X-Request-Id"], path
        assert not re.search(r"gunicorn/|Django|Python", str(answer.headers)), path
    elsewhere = ask(port, "/sign-in/", host="evil.example")
    assert elsewhere.status == 404
    assert {name: elsewhere.headers.get(name) for name in HEADERS} == HEADERS
    plain = ask(port, "/sign-in/", **{"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["Location"]) == (
        301,
        "https://berne.localhost/sign-in/",
    )
    token = {"Authorization": f"Bearer {PRODUCTION['METRICS_TOKEN']}"}
    figures = ask(port, "/metrics", **token)
    assert figures.status == 200
    assert 'perron_job_late_seconds{job="backup"}' in figures.text


def test_static_files_are_kept_for_ever_and_pages_never(
    house: Surroundings, port: int
) -> None:
    assert "immutable" in ask(port, static_file(house)).headers["Cache-Control"]
    assert "no-store" in ask(port, "/sign-in/").headers["Cache-Control"]
