"""A net for mistakes that nobody thought of (STYLE 16, 17)."""

import ast
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_socket import SocketConnectBlockedError

from accounts.models import Membership
from booking.actions.wishes import leave_wish
from core.dates import today
from tests.booking.test_changes import confirmed
from tests.conftest import Canton, person

ROOT = Path(__file__).parent.parent
APPS = (
    "config",
    "core",
    "accounts",
    "booking",
    "counters",
    "programmes",
    "interpreting",
    "childcare",
)
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}
)
# Django and the kit ask for these by a name that stands nowhere in our code.
ASKED_FOR_BY_NAME = re.compile(
    r"(errors/\d+|components/README|accounts/messages/|django/forms/)"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_can_be_read(path: Path) -> None:
    engines["django"].get_template(name_of(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_carries_style_or_script(path: Path) -> None:
    text = path.read_text("utf-8")
    if name_of(path) == "layouts/email.html":
        return  # a mail has no other place for them, and no browser's policy
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=", text)
    assert not re.search(r"\son[a-z]{3,}=", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_blocktranslate_is_trimmed(path: Path) -> None:
    tags = re.findall(r"{%\s*blocktrans(?:late)?\b[^%]*%}", path.read_text("utf-8"))
    assert [tag for tag in tags if "trimmed" not in tag] == []


def test_every_template_is_used() -> None:
    """By the code or another template; what only a test names is not used."""
    code_files = [path for app in APPS for path in ROOT.glob(f"{app}/**/*.py")]
    texts = {path: path.read_text("utf-8") for path in [*code_files, *TEMPLATES]}
    unused = [
        name_of(path)
        for path in TEMPLATES
        if not ASKED_FOR_BY_NAME.match(name_of(path))
        and not any(
            name_of(path).rpartition(".")[0] in text
            for other, text in texts.items()
            if other != path
        )
    ]
    assert unused == []


def code(name: str) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of the modules of this name, or of the package of this name."""
    for app in APPS:
        for path in [*ROOT.glob(f"{app}/{name}.py"), *ROOT.glob(f"{app}/{name}/*.py")]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                yield path, node


@pytest.mark.parametrize("layer", ["views", "forms", "templatetags"])
def test_screens_never_ask_for_all_tenants_rows(layer: str) -> None:
    """`Model.objects` is followed by what narrows it to somebody's own."""
    narrowing = {"of", "none", "visible_to"}
    open_doors = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in code(layer)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "objects"
        and node.attr not in narrowing
    ]
    assert open_doors == []


def test_rows_are_locked_without_their_key() -> None:
    """Else whoever only commits waits too (ADR 0003)."""
    whole = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in code("actions")
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and "no_key" not in {word.arg for word in node.keywords}
    ]
    assert whole == []


LISTS: dict[str, Callable[[Canton, int], object]] = {
    "/booking/dates/": lambda canton, n: canton.slot(days=2 + n),
    "/booking/bookings/": lambda canton, n: confirmed(canton, canton.slot(days=2 + n)),
    "/booking/wishes/": lambda canton, n: leave_wish(
        by=canton.commune,
        languages=["fr"],
        places=[canton.place],
        with_interpreter=False,
        not_after=today(),
    ),
    "/team/": lambda canton, n: person(
        canton.tenant, f"p{n}", canton.commune.organisation, "booking.commune"
    ),
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_of_three_asks_no_more_than_a_list_of_one(
    path: str, canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    client = as_(canton.commune)
    asked = []
    for number in (0, 1, 2):
        LISTS[path](canton, number)
        client.get(path)  # what is kept between requests is warm
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        asked.append(len(queries))
    assert len(set(asked)) == 1, asked
    assert asked[0] <= 12


def test_a_test_does_not_reach_the_network() -> None:
    """TEST-NET-1 (RFC 5737) is nobody's."""
    with pytest.raises((SocketConnectBlockedError, UserWarning)):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
