"""A Valkey (or redis) of one's own: a data folder, reached by a unix socket."""

import contextlib
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.engines import sockets
from config.launch.house import Stop

SOCKET = "valkey.sock"
START_SECONDS = 10


@dataclass
class Valkey:
    """One server. `durable=False` keeps nothing on disk (tests)."""

    folder: Path
    program: Path
    durable: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    name = "Valkey"

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket = sockets.folder_for(self.folder) / SOCKET

    @property
    def url(self) -> str:
        """REDIS_URL."""
        return f"unix://{self.socket}"

    def alive(self) -> bool:
        """Whether it answers PING."""
        return self._ask(b"PING").startswith(b"+PONG")

    def start(self) -> None:
        """Starts it; one that still runs is taken over. Raises `Stop`."""
        if self.alive():
            return
        self._launch()
        if not self._awaited():
            # Only wake-ups live here (what must not be lost is in PostgreSQL), so a
            # damaged file is set aside rather than repaired.
            with contextlib.suppress(OSError):
                store = self.folder / "appendonlydir"
                store.rename(self.folder / f"damaged-{time.time_ns()}")
            self._launch()
            if not self._awaited():
                raise Stop(f"Valkey does not start: see {self.folder / 'valkey.log'}.")

    def stop(self) -> None:
        """Ends it; does nothing when it does not run."""
        self._ask(b"SHUTDOWN")
        deadline = time.monotonic() + START_SECONDS
        while sockets.answers(self.socket) and time.monotonic() < deadline:
            time.sleep(0.05)
        self._bury()

    def _bury(self) -> None:
        """Takes an ended process off the system's table."""
        if self.process is not None:
            self.process.wait(START_SECONDS)

    def _launch(self) -> None:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": ".",
            "logfile": "valkey.log",
            # A full memory refuses new wake-ups instead of forgetting old ones.
            "maxmemory-policy": "noeviction",
            "appendonly": "yes" if self.durable else "no",
            "save": "",
        }
        arguments = [
            part for key, value in settings.items() for part in (f"--{key}", value)
        ]
        self._bury()
        # A session of its own: Ctrl-C on the terminal is not for it, we stop it last.
        self.process = subprocess.Popen(
            [str(self.program), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _awaited(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.alive():
                return True
            if self.process is not None and self.process.poll() is not None:
                return False
            time.sleep(0.03)
        return False

    def _ask(self, command: bytes) -> bytes:
        """The first bytes of the answer; empty when nobody answers."""
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(2)
                door.connect(str(self.socket))
                door.sendall(command + b"\r\n")
                return door.recv(64)
        except OSError:
            return b""
