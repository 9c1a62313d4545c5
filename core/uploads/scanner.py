"""Malware: the file is shown to ClamAV (CLAMAV_URL) and may be opened once it is clean.

Without CLAMAV_URL nothing is scanned and the file's state says so. A scanner that does
not answer leaves the file waiting: « clean » is only ever what a scanner has said.
"""

import socket
import struct
import uuid
from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.files.storage import default_storage

from core.uploads.models import ScanState, StoredFile

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS = 30
CHUNK = 64 * 1024


class ScannerSilent(Exception):
    """No scanner answers, or it answers something else than clean or found."""


def first_state() -> ScanState:
    """The state of a file that has just come in."""
    return ScanState.PENDING if settings.CLAMAV_URL else ScanState.UNSCANNED


def scan(pk: uuid.UUID) -> None:
    """Scans one waiting file; it goes on waiting when the scanner is silent."""
    waiting = StoredFile.objects.filter(pk=pk, scan=ScanState.PENDING)
    stored = waiting.first()
    if stored is None:
        return
    try:
        with default_storage.open(stored.path) as file:
            state = ask(file)
    except (ScannerSilent, OSError) as error:
        log.warning("scan.silent", file=str(pk), error=type(error).__name__)
        return
    waiting.update(scan=state)
    log.info("scan.done", file=str(pk), state=state)


def scan_waiting() -> None:
    """Scans what still waits, oldest first."""
    waiting = StoredFile.objects.filter(scan=ScanState.PENDING).order_by("created_at")
    for pk in waiting.values_list("pk", flat=True)[:100]:
        scan(pk)


def ask(file: IO[Any]) -> ScanState:
    """What clamd says of the content (INSTREAM); raises ScannerSilent or OSError."""
    with _connection() as wire:
        wire.sendall(b"zINSTREAM\0")
        for chunk in iter(lambda: file.read(CHUNK), b""):
            wire.sendall(struct.pack(">I", len(chunk)) + chunk)
        wire.sendall(struct.pack(">I", 0))
        answer = b"".join(_received(wire)).rstrip(b"\0\n").decode(errors="replace")
    if answer.endswith(" FOUND"):
        return ScanState.INFECTED
    if answer == "stream: OK":
        return ScanState.CLEAN
    raise ScannerSilent(answer)


def _connection() -> socket.socket:
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "unix":
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(TIMEOUT_SECONDS)
        try:
            wire.connect(address.path)
        except OSError:
            wire.close()
            raise
        return wire
    where = (address.hostname or "localhost", address.port or 3310)
    return socket.create_connection(where, timeout=TIMEOUT_SECONDS)


def _received(wire: socket.socket) -> Iterator[bytes]:
    while data := wire.recv(4096):
        yield data
