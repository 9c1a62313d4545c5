"""Documents: rendered once, whole or visibly failed, reading nothing but our own files."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Tenant
from core.documents import pdf, render
from core.documents.limits import TookTooLong, time_limit
from core.documents.models import Document, DocumentState
from core.documents.pdf import ForeignAddress, NoPango, own_file
from core.documents.responses import STOP_POLLING, document_response
from tests.core.concurrently import at_once

PAGE = "<html lang=fr><title>Lettre</title><p>Bonjour</p></html>"
NESTED = "<style>div{columns:3}</style>" + "<div>x " * 12 + "texte " * 400


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(slug="berne", name="Canton de Berne", office="Office")


@pytest.fixture
def made() -> Iterator[list[str]]:
    """The kind "test"; what it makes is the list's last text."""
    texts = [PAGE]
    render.kind("test")(lambda subject_id, language: texts[-1])
    yield texts
    render._makers.pop("test")


def ask(tenant: Tenant, fingerprint: str = "a") -> Document:
    return render.request(
        tenant=tenant,
        kind="test",
        subject_id=uuid.UUID(int=7),
        language="fr",
        fingerprint=fingerprint,
    )


def done(document: Document) -> Document:
    render.render(document.pk)
    document.refresh_from_db()
    return document


def test_the_same_facts_make_one_document(tenant: Tenant, made: list[str]) -> None:
    assert ask(tenant) == ask(tenant)
    assert ask(tenant) != ask(tenant, "b")


def test_it_is_ready_with_its_file_and_nothing_beside(
    tenant: Tenant, made: list[str]
) -> None:
    document = done(ask(tenant))
    path = Path(default_storage.path(document.path))
    assert document.state == DocumentState.READY
    assert document.rendered_at is not None
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_once_ready_it_is_not_rendered_again(tenant: Tenant, made: list[str]) -> None:
    first = done(ask(tenant))
    made.append("<p>another text</p>")
    assert done(ask(tenant)).rendered_at == first.rendered_at


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NoPango(), render.NO_PANGO),
        (TookTooLong(), render.TOO_LONG),
        (KeyError("x"), render.FAULT),
        (OSError(28, "No space left on device"), render.FAULT),
    ],
)
def test_a_failure_is_visible_in_words_and_may_be_tried_again(
    tenant: Tenant,
    made: list[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    told: str,
) -> None:
    def fail(html: str) -> bytes:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(render, "render_pdf", fail)
        document = done(ask(tenant))
    assert (document.state, document.error) == (DocumentState.FAILED, told)
    assert ask(tenant).state == DocumentState.WAITING
    assert done(document).state == DocumentState.READY


@pytest.mark.parametrize("told", [render.NO_PANGO, render.TOO_LONG, render.FAULT])
def test_the_reader_reads_why_in_their_language(told: str) -> None:
    with translation.override("de"):
        assert translation.gettext(told) != told


@pytest.mark.slow
def test_a_text_made_to_hurt_ends_in_time(
    tenant: Tenant, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "RENDER_SECONDS", 1.0)
    made.append(NESTED)
    started = time.monotonic()
    document = done(ask(tenant))
    assert time.monotonic() - started < 10
    assert document.error == render.TOO_LONG


def test_the_limit_is_shorter_than_the_databases_patience() -> None:
    """A connection idle in its transaction for 60 s is cut: the failure would be lost."""
    assert render.RENDER_SECONDS < 60


def test_the_alarm_is_put_back() -> None:
    with pytest.raises(TookTooLong), time_limit(0.05):
        threading.Event().wait(5)
    with time_limit(0.05):
        pass
    time.sleep(0.1)  # a clock left running would ring here


def test_in_another_thread_the_block_runs() -> None:
    ran = []

    def work() -> None:
        with time_limit(0.01):
            ran.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == [1]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_render_it_once(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Tenant.objects.create(slug="b", name="Berne", office="Office")
    document, rendered = ask(tenant), []

    def slowly(html: str) -> bytes:
        rendered.append(1)
        time.sleep(0.3)
        return b"%PDF-"

    monkeypatch.setattr(render, "render_pdf", slowly)
    results = at_once(4, lambda number: render.render(document.pk))
    assert not any(results)
    assert len(rendered) == 1


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/x.png",
        "https://evil.example/x.png",
        "ftp://evil.example/x",
        "perronstatic:../config/settings/base.py",
        "perronstatic:/etc/passwd",
        "perronstatic:nothing.css",
        "//evil.example/x.png",
    ],
)
def test_only_our_own_files_are_read(address: str) -> None:
    with pytest.raises(ForeignAddress):
        own_file(address)


def test_our_own_file_is_read() -> None:
    assert own_file(f"{pdf.OWN}css/letter.css").name == "letter.css"


def answer(document: Document, **headers: str) -> Any:
    request = RequestFactory().get("/document/", headers=headers)
    return document_response(request, document, filename="Lettre é.pdf")


def test_a_ready_document_is_shown_in_the_browser(
    tenant: Tenant, made: list[str]
) -> None:
    response = answer(done(ask(tenant)))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_waiting_asks_again_and_links_without_javascript(
    tenant: Tenant, made: list[str]
) -> None:
    response = answer(ask(tenant), **{"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'hx-get="/document/"' in page
    assert 'href="/document/"' in page


def test_ready_or_failed_ends_the_asking(tenant: Tenant, made: list[str]) -> None:
    document = done(ask(tenant))
    ready = answer(document, **{"HX-Request": "true"})
    assert (ready.status_code, ready["HX-Redirect"]) == (STOP_POLLING, "/document/")
    document.state, document.error = DocumentState.FAILED, render.TOO_LONG
    with translation.override("fr"):
        failed = answer(document, **{"HX-Request": "true"})
        assert failed.status_code == STOP_POLLING
        assert translation.gettext(render.TOO_LONG) in failed.content.decode()
