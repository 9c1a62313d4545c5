"""A mail server on this machine that keeps every message as a file and sends none on.

`python -m config.launch.mailcatcher --port 2525 --folder .var/mail`: the demonstration's
messages. Each is written whole or not at all, named by when it came.
"""

import argparse
import asyncio
import itertools
import os
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 30 * 1024 * 1024


class Keeper:
    """What aiosmtpd asks for each message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count()

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keeps one message; a full disk is told to the sender, who tries again."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        recipients = ", ".join(envelope.rcpt_tos)
        headers = (
            f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {recipients}\r\n"
        )
        name = f"{time.time_ns()}-{os.getpid()}-{next(self.numbers)}.eml"
        try:
            write_whole(self.folder / name, headers.encode() + raw)
        except OSError:
            return "452 Insufficient storage"
        return "250 Kept"


def write_whole(path: Path, content: bytes) -> None:
    """A temporary file in the same folder, then a rename: readers never see half of it."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_bytes(content)
    temporary.replace(path)


async def serve(port: int, folder: Path, host: str = "127.0.0.1") -> None:
    """Listens, on the loopback address unless told otherwise, until SIGTERM."""
    folder.mkdir(parents=True, exist_ok=True)
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, data_size_limit=LARGEST),
        host,
        port,
    )
    async with server:
        await ended.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.folder, options.host))
