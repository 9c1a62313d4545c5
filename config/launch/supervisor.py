"""Keeps the demonstration's processes running: starts, watches, restarts, stops in order."""

import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from config.launch import processes
from config.launch.engines import Engine
from config.launch.house import House, read_json, say, write_json

MEMORY = "house.json"
LONGEST_WAIT = 30.0
# One that ran this long was well; its next failure waits a second again.
WELL_SECONDS = 60.0
LOG_BYTES = 5_000_000


@dataclass
class Child:
    """One process to keep running. `patience`: seconds it may take to end its work."""

    name: str
    command: list[str]
    patience: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    born: str | None = None
    since: float = 0.0
    wait: float = 1.0
    again_at: float = 0.0

    def running(self) -> bool:
        """Whether its process lives (one that has ended is taken off the system's table)."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """The children of one `run.py`, written down so that the next one finds leftovers."""

    def __init__(self, house: House, variables: dict[str, str], engines: list[Engine]):
        self.house = house
        self.variables = variables
        self.engines = engines
        self.children: list[Child] = []
        self.asked_to_stop = False

    def catch_signals(self) -> None:
        """From here on Ctrl-C, SIGTERM and a closed terminal end `watch()`."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def start(self, child: Child) -> None:
        """Starts the child in a group of its own, its words going to `.var/logs`."""
        with log_of(self.house, child.name) as log:
            # Its own session: Ctrl-C reaches only us, and we end them in order.
            child.process = subprocess.Popen(
                child.command,
                cwd=self.house.root,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        child.since = time.monotonic()
        child.born = processes.birth(child.process.pid)
        if child not in self.children:
            self.children.append(child)
        self._write_down()

    def watch(self, seconds: float | None = None) -> None:
        """Restarts what dies, until a signal comes (or for `seconds`)."""
        began = time.monotonic()
        while not self.asked_to_stop:
            for child in self.children:
                self._look_after(child)
            for engine in self.engines:
                self._look_after_engine(engine)
            if seconds is not None and time.monotonic() - began > seconds:
                return
            time.sleep(0.25)

    def _look_after(self, child: Child) -> None:
        if child.running():
            return
        now = time.monotonic()
        if child.process is not None:
            code = child.process.returncode
            child.wait = 1.0 if now - child.since > WELL_SECONDS else child.wait
            say(
                f"{child.name} ended ({_cause(code)}); it starts again in {child.wait:.0f} s"
                f" (see {log_path(self.house, child.name)})"
            )
            child.process, child.again_at = None, now + child.wait
            child.wait = min(child.wait * 2, LONGEST_WAIT)
        elif now >= child.again_at:
            self.start(child)

    def _look_after_engine(self, engine: Engine) -> None:
        if not engine.alive():
            # Twice, so that a moment's silence under load is not taken for death.
            time.sleep(0.5)
            if not engine.alive() and not self.asked_to_stop:
                say(f"{engine.name} ended; it starts again")
                engine.start()

    def stop(self) -> None:
        """Ends all children, the last started first, each within its patience."""
        for child in reversed(self.children):
            if child.running() and child.process is not None:
                _end(child, child.process)
        self.children.clear()
        self._write_down()

    def _write_down(self) -> None:
        living = {
            child.name: {"pid": child.process.pid, "born": child.born}
            for child in self.children
            if child.process is not None
        }
        write_json(self.house.path(MEMORY), {"children": living})


def _end(child: Child, process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(child.patience)
    except subprocess.TimeoutExpired:
        say(f"{child.name} does not end; it is killed")
    # Also what it may have left behind in its group.
    processes.kill_group(process.pid)
    process.wait()


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"


def end_leftovers(house: House) -> int:
    """Ends the children of a `run.py` that was killed; answers how many there were."""
    recorded = read_json(house.path(MEMORY)).get("children", {}).values()
    born = [(entry["pid"], entry["born"]) for entry in recorded]
    # All are asked first, so that they end side by side.
    asked = [one for one in born if processes.ask_to_end(*one)]
    for one in asked:
        processes.finish(*one)
    house.path(MEMORY).unlink(missing_ok=True)
    return len(asked)


def log_path(house: House, name: str) -> Path:
    """Where a child's words are kept."""
    return house.var / "logs" / f"{house.prefix}{name}.log"


def log_of(house: House, name: str) -> IO[bytes]:
    """The child's log, begun anew when it has grown large."""
    path = log_path(house, name)
    path.parent.mkdir(exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")
