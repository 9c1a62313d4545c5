"""Where things lie in a checkout, what is said while it starts, and the refusal that ends it."""

import errno
import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# errno → what a person can do about it; `{path}` is the file it happened to.
SENTENCES = {
    errno.ENOSPC: "The disk is full: free some space and start again ({path}).",
    errno.EDQUOT: "The disk quota is used up: free some space and start again ({path}).",
    errno.EROFS: "This folder is read-only, Perron has to write here: {path}.",
    errno.EACCES: "You may not write here, Perron has to: {path}.",
    errno.EPERM: "The system does not allow this: {path}.",
}


class Stop(Exception):
    """Ends `run.py` with one sentence for the person and no traceback."""


def sentence_for(error: OSError, place: object = "the disk") -> str:
    """What to tell the person about an error of the operating system."""
    template = SENTENCES.get(error.errno or 0)
    if template is None:
        return f"The system refused: {error}."
    return template.format(path=error.filename or place)


def say(text: str) -> None:
    """One line of progress; on stderr, so that answers on stdout stay clean.

    A terminal that has gone away must not keep the house from being stopped in order.
    """
    with suppress(OSError):
        sys.stderr.write(f"  {text}\n")
        sys.stderr.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Says `text` and the seconds it took once the block has ended well."""
    began = time.monotonic()
    yield
    say(f"{text} ({time.monotonic() - began:.1f} s)")


@dataclass(frozen=True)
class House:
    """One checkout for one purpose: the demonstration, or the tests (apart from it)."""

    root: Path = ROOT
    purpose: str = "demo"
    prefix: str = field(init=False)

    def __post_init__(self) -> None:
        prefix = "" if self.purpose == "demo" else f"{self.purpose}-"
        object.__setattr__(self, "prefix", prefix)

    @property
    def var(self) -> Path:
        """All that is made while running; git-ignored and safe to delete."""
        return self.root / ".var"

    @property
    def python(self) -> Path:
        """The environment's interpreter; it exists once `environment.ready()` returned."""
        return self.var / "venv" / "bin" / "python"

    def path(self, name: str) -> Path:
        """A file or folder of this purpose inside `.var`."""
        return self.var / f"{self.prefix}{name}"

    def open(self) -> None:
        """Makes `.var` and proves that it can be written to; raises `Stop`."""
        try:
            self.var.mkdir(mode=0o700, exist_ok=True)
            probe = self.var / f".probe-{os.getpid()}"
            probe.write_text("x" * 4096, encoding="ascii")
            probe.unlink()
        except OSError as error:
            raise Stop(sentence_for(error, self.var)) from error

    @contextmanager
    def lock(self, refusal: str) -> Iterator[None]:
        """Holds this purpose for one `run.py`; a second one gets `refusal` as `Stop`.

        The kernel frees the lock with the process, also after `kill -9`.
        """
        with self.path("lock").open("a+", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Stop(refusal) from error
            yield

    def occupied(self) -> bool:
        """Whether another `run.py` holds this purpose now."""
        try:
            with self.lock(""):
                return False
        except Stop:
            return True


def read_json(path: Path) -> dict[str, Any]:
    """The file's object; empty when it is absent or was cut short by a crash."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, content: dict[str, Any], mode: int = 0o600) -> None:
    """Writes whole or not at all: a temporary file beside it, then a rename."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    temporary.replace(path)


def fingerprint(paths: Iterable[Path], *facts: str) -> str:
    """One hash over names, sizes and times of files (not their content) and `facts`."""
    digest = hashlib.sha256("\0".join(facts).encode())
    for path in sorted(paths):
        found = path.stat()
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
