"""Documents: rendered once, whole or visibly failed, reading nothing but our own files."""

import io
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.files.storage import default_storage
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Tenant
from core.documents import pdf, render
from core.documents.models import Document, DocumentState
from core.documents.pdf import Letter, TooLong
from core.documents.responses import STOP_POLLING, document_response
from tests.core.concurrently import at_once


def letter(**words: Any) -> Letter:
    """An information sheet with a few words."""
    usual = {
        "language": "fr",
        "desk": "fr",
        "direction": "ltr",
        "accent": "#96182b",
        "logo": "",
        "authority": "Canton de Berne",
        "bureau": "Office",
        "sender": [],
        "title": "Lettre",
        "paragraphs": [["Bonjour"]],
        "draft": "",
    }
    return Letter("information_sheet.typ", {**usual, **words})


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(slug="berne", name="Canton de Berne", office="Office")


@pytest.fixture
def made() -> Iterator[list[Letter]]:
    """The kind "test"; what it makes is the list's last letter."""
    letters = [letter()]
    render.kind("test")(lambda subject_id, language: letters[-1])
    yield letters
    render._makers.pop("test")


def ask(tenant: Tenant) -> Document:
    return render.request(
        tenant=tenant,
        kind="test",
        subject_id=uuid.UUID(int=7),
        language="fr",
    )


def done(document: Document) -> Document:
    render.render(document.pk)
    document.refresh_from_db()
    return document


def test_the_same_facts_make_one_document(tenant: Tenant, made: list[Letter]) -> None:
    first = ask(tenant)
    assert first == ask(tenant)
    made.append(letter(title="Autre"))
    assert first != ask(tenant)


def test_another_layout_makes_another_document(
    tenant: Tenant,
    made: list[Letter],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = ask(tenant)
    (tmp_path / "letter.typ").write_text("changed")
    monkeypatch.setattr(pdf, "_folder", lambda: tmp_path)
    pdf.layout.cache_clear()
    try:
        assert first != ask(tenant)
    finally:
        pdf.layout.cache_clear()


def test_it_is_ready_with_its_file_and_nothing_beside(
    tenant: Tenant, made: list[Letter]
) -> None:
    document = done(ask(tenant))
    path = Path(default_storage.path(document.path))
    assert document.state == DocumentState.READY
    assert document.rendered_at is not None
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_once_ready_it_is_not_rendered_again(
    tenant: Tenant, made: list[Letter]
) -> None:
    first = done(ask(tenant))
    assert done(ask(tenant)).rendered_at == first.rendered_at


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TooLong("x.typ"), render.TOO_LONG),
        (KeyError("x"), render.FAULT),
        (OSError(28, "No space left on device"), render.FAULT),
    ],
)
def test_a_failure_is_visible_in_words_and_may_be_tried_again(
    tenant: Tenant,
    made: list[Letter],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    told: str,
) -> None:
    def fail(letter: Letter) -> bytes:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(render, "render_pdf", fail)
        document = done(ask(tenant))
    assert (document.state, document.error) == (DocumentState.FAILED, told)
    assert ask(tenant).state == DocumentState.WAITING
    assert done(document).state == DocumentState.READY


@pytest.mark.parametrize("told", [render.TOO_LONG, render.FAULT])
def test_the_reader_reads_why_in_their_language(told: str) -> None:
    with translation.override("de"):
        assert translation.gettext(told) != told


def test_a_text_made_to_hurt_is_refused_in_words(
    tenant: Tenant, made: list[Letter]
) -> None:
    made.append(letter(paragraphs=[["texte " * 60_000]]))
    assert done(ask(tenant)).error == render.TOO_LONG


@pytest.mark.slow
def test_the_longest_text_is_printed(tenant: Tenant, made: list[Letter]) -> None:
    made.append(letter(paragraphs=[["texte " * 33_000]]))
    assert done(ask(tenant)).state == DocumentState.READY


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_render_it_once(
    made: list[Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Tenant.objects.create(slug="b", name="Berne", office="Office")
    document, rendered = ask(tenant), []

    def slowly(letter: Letter) -> bytes:
        rendered.append(1)
        time.sleep(0.3)
        return b"%PDF-"

    monkeypatch.setattr(render, "render_pdf", slowly)
    results = at_once(4, lambda number: render.render(document.pk))
    assert not any(results)
    assert len(rendered) == 1


@pytest.mark.parametrize(
    "words",
    [
        '#read("/etc/passwd")',
        '#import "letter.typ": *',
        '#image("../../static/logos/berne.svg")',
        "$ sum_(i=0)^n $ = *x* _y_ @z <w>",
        '<img src="http://evil.example/x.png">',
    ],
)
def test_words_are_printed_and_never_read_as_markup(words: str) -> None:
    content = pdf.render_pdf(letter(title=words, paragraphs=[[words]], sender=[words]))
    text = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "".join(text.split()).count("".join(words.split())) == 3


@pytest.mark.parametrize(
    "source",
    ['#read("/../../../core/qr.py")', '#read("/etc/passwd")', '#read("../base.html")'],
)
def test_a_template_reads_nothing_outside_its_folder(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "base.html").write_text("x")
    (tmp_path / "letters" / "bad.typ").write_text(source)
    monkeypatch.setattr(pdf, "_folder", lambda: tmp_path / "letters")
    with pytest.raises(RuntimeError):
        pdf.render_pdf(Letter("bad.typ", {}))


@pytest.mark.parametrize("name", ["../config/settings/base.py", "/etc/passwd", "", "x"])
def test_a_logo_is_one_of_our_own_files(name: str) -> None:
    assert not pdf.logo(name)
    assert pdf.logo("logos/berne.svg").startswith("<svg")


def answer(document: Document, **headers: str) -> Any:
    request = RequestFactory().get("/document/", headers=headers)
    return document_response(request, document, filename="Lettre é.pdf")


def test_a_ready_document_is_shown_in_the_browser(
    tenant: Tenant, made: list[Letter]
) -> None:
    response = answer(done(ask(tenant)))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_waiting_asks_again_and_links_without_javascript(
    tenant: Tenant, made: list[Letter]
) -> None:
    response = answer(ask(tenant), **{"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'hx-get="/document/"' in page
    assert 'href="/document/"' in page


def test_ready_or_failed_ends_the_asking(tenant: Tenant, made: list[Letter]) -> None:
    document = done(ask(tenant))
    ready = answer(document, **{"HX-Request": "true"})
    assert (ready.status_code, ready["HX-Redirect"]) == (STOP_POLLING, "/document/")
    document.state, document.error = DocumentState.FAILED, render.TOO_LONG
    with translation.override("fr"):
        failed = answer(document, **{"HX-Request": "true"})
        assert failed.status_code == STOP_POLLING
        assert translation.gettext(render.TOO_LONG) in failed.content.decode()
