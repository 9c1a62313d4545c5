"""The mail catcher keeps what a real SMTP client gives it, whole, and outlives bad ones."""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MESSAGE = "Subject: x\r\n\r\n.one dot\r\nGrüezi\r\n".encode()

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = int(door.getsockname()[1])
    command = [sys.executable, "-m", "config.launch.mailcatcher"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--folder", str(folder)], cwd=ROOT
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    yield port
    process.terminate()
    assert process.wait(10) == 0


def send(port: int, recipient: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        client.sendmail(
            "a@example.ch", [recipient], MESSAGE, ["SMTPUTF8", "BODY=8BITMIME"]
        )


def test_each_message_is_one_file_with_its_envelope(port: int, folder: Path) -> None:
    for number in range(3):
        send(port, f"b{number}@example.ch")
    kept = [path.read_bytes() for path in sorted(folder.glob("*.eml"))]
    assert len(kept) == 3
    for number, raw in enumerate(kept):
        assert f"X-Envelope-To: b{number}@example.ch\r\n".encode() in raw
        assert raw.endswith(MESSAGE)
    assert not list(folder.glob(".*"))


def test_a_client_that_breaks_off_leaves_nothing(port: int, folder: Path) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(
            b"EHLO x\r\nMAIL FROM:<a@b.ch>\r\nRCPT TO:<c@d.ch>\r\nDATA\r\nhalf of"
        )
    send(port, "b@example.ch")
    assert len(list(folder.iterdir())) == 1
