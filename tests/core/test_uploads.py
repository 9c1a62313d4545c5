"""The gate: what an upload may be (BKG-024, TRUST §2.6)."""

import contextlib
import hashlib
import io
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from accounts.models import Tenant
from core.uploads import scanner
from core.uploads.gate import UploadRefused, judge
from core.uploads.models import ScanState, StoredFile
from core.uploads.store import accept, serve
from tests.core import uploads_corpus as corpus

HONEST, HOSTILE = corpus.honest(), corpus.hostile()
# Generous: a slow machine must not fail, an unbounded parser must.
SECONDS, MEMORY_MEGABYTES = 5, 150


@pytest.mark.req("BKG-024")
@pytest.mark.parametrize("name", HONEST)
def test_honest_files_pass(name: str) -> None:
    content = HONEST[name]
    kind = judge(io.BytesIO(content), len(content))
    assert kind == ("application/zip" if "zip" in name else "application/pdf")


@pytest.mark.req("BKG-024")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_do_not_and_a_sentence_says_why(name: str) -> None:
    content = HOSTILE[name]
    with pytest.raises(UploadRefused) as refused:
        judge(io.BytesIO(content), len(content))
    assert str(refused.value.sentence).endswith(".")


JUDGE = """
import io, sys, time
from pathlib import Path
import django
django.setup()
from core.errors import Refusal
from core.uploads.gate import judge
def peak():
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM"))
before = peak()
for path in sorted(Path(sys.argv[1]).iterdir()):
    started = time.process_time()
    try:
        judge(path.open("rb"), path.stat().st_size)
    except Refusal:
        pass
    seconds, grown = round(time.process_time() - started, 3), (peak() - before) // 1024
    print(path.name, seconds, grown, sep="|")
"""


@pytest.mark.slow
def test_no_file_costs_much_time_or_memory(tmp_path: Path) -> None:
    for number, content in enumerate([*HONEST.values(), *HOSTILE.values()]):
        (tmp_path / f"{number:02}").write_bytes(content)
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", JUDGE, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    rows = [line.split("|") for line in told if line.count("|") == 2]
    assert len(rows) == len(HONEST) + len(HOSTILE)
    slowest, grown = max(float(row[1]) for row in rows), int(rows[-1][2])
    print(f"slowest {slowest} s of CPU, memory grew by {grown} MB")  # noqa: T201
    assert slowest < SECONDS
    assert grown < MEMORY_MEGABYTES


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(slug="berne", name="Canton de Berne", office="Office")


def take_in(tenant: Tenant, name: str = "form.pdf") -> StoredFile:
    upload = SimpleUploadedFile(name, corpus.pdf(), "text/html")
    return accept(upload, tenant=tenant, owner_id=uuid.uuid4(), by=uuid.uuid4())


@pytest.mark.req("BKG-024")
def test_a_file_is_kept_under_a_random_name_for_us_alone(tenant: Tenant) -> None:
    stored = take_in(tenant)
    path = Path(default_storage.path(stored.path))
    assert path.read_bytes() == corpus.pdf()
    assert "form" not in stored.path
    assert path.stat().st_mode & 0o077 == 0
    assert stored.kind == "application/pdf"
    assert stored.sha256 == hashlib.sha256(corpus.pdf()).hexdigest()
    assert take_in(tenant).path != stored.path


def test_a_refused_file_leaves_nothing(tenant: Tenant) -> None:
    upload = SimpleUploadedFile("form.pdf", b"MZ")
    with pytest.raises(UploadRefused):
        accept(upload, tenant=tenant, owner_id=uuid.uuid4(), by=uuid.uuid4())
    assert not StoredFile.objects.exists()
    assert not list(Path(default_storage.path("")).glob("uploads/*"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\form.pdf", "form.pdf"),
        ("form\u202efdp.exe", "formfdp.exe"),
        ('a";\r\nX-Evil: 1.pdf', 'a";X-Evil: 1.pdf'),
        ("...", "document"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ],
)
def test_it_is_called_as_the_person_did_but_for_what_harms(
    tenant: Tenant, given: str, kept: str
) -> None:
    upload = SimpleUploadedFile("x.pdf", corpus.pdf())
    upload._name = given  # what a client that is no browser may send
    stored = accept(upload, tenant=tenant, owner_id=uuid.uuid4(), by=uuid.uuid4())
    assert stored.name == kept


@pytest.mark.req("BKG-024")
def test_it_is_served_to_keep_and_never_to_run(tenant: Tenant) -> None:
    with contextlib.closing(serve(take_in(tenant, 'é";x.pdf'))) as response:
        assert response["Content-Disposition"].startswith("attachment")
        assert "\n" not in response["Content-Disposition"]
        assert response["Content-Type"] == "application/pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert b"".join(response.streaming_content) == corpus.pdf()


@contextlib.contextmanager
def clamd(answer: bytes) -> Iterator[str]:
    """A scanner that says this of everything."""
    with socket.socket() as door, contextlib.ExitStack() as rest:
        door.bind(("127.0.0.1", 0))
        door.listen()

        def serve_one() -> None:
            wire, _peer = door.accept()
            with wire, wire.makefile("rb") as heard:
                assert heard.read(10) == b"zINSTREAM\0"
                while length := int.from_bytes(heard.read(4), "big"):
                    heard.read(length)
                wire.sendall(answer)

        thread = threading.Thread(target=serve_one)
        thread.start()
        rest.callback(thread.join, 10)
        yield f"tcp://127.0.0.1:{door.getsockname()[1]}"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (b"stream: OK\0", ScanState.CLEAN),
        (b"stream: Eicar-Test-Signature FOUND\0", ScanState.INFECTED),
        (b"INSTREAM size limit exceeded. ERROR\0", ScanState.PENDING),
        (b"", ScanState.PENDING),
    ],
)
def test_what_the_scanner_says_decides(
    tenant: Tenant, settings: Any, answer: bytes, state: str
) -> None:
    with clamd(answer) as settings.CLAMAV_URL:
        stored = take_in(tenant)
        assert stored.scan == ScanState.PENDING
        with pytest.raises(Http404):
            serve(stored)
        scanner.scan_waiting()
    stored.refresh_from_db()
    assert stored.scan == state
    assert stored.may_be_opened is (state == ScanState.CLEAN)


def test_a_scanner_that_is_down_never_says_clean(tenant: Tenant, settings: Any) -> None:
    settings.CLAMAV_URL = "unix:///nowhere/clamd.sock"
    stored = take_in(tenant)
    scanner.scan(stored.pk)
    stored.refresh_from_db()
    assert stored.scan == ScanState.PENDING


def test_without_a_scanner_the_state_says_so(tenant: Tenant) -> None:
    assert take_in(tenant).scan == ScanState.UNSCANNED
