"""What leaves the machine opens only with its key, and only whole (TRUST §7)."""

import hashlib
import io
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet

from config.host import sealing
from config.host.sealing import CHUNK_BYTES, TAG_BYTES, Broken, seal, unseal

KEY = "9b2C1PVX7c9hq0iWxbwmcnJC9tZsQIB6i8Ql4VpZ0nA="
OTHER = Fernet.generate_key().decode()
HEADER = len(sealing.MAGIC) + sealing.NAME_BYTES + sealing.SALT_BYTES


def text(size: int) -> bytes:
    return (b"Perron \x00\xff" * (size // 9 + 1))[:size]


def sealed(plain: bytes, key: str = KEY) -> bytes:
    target = io.BytesIO()
    assert seal(io.BytesIO(plain), target, key) == hashlib.sha256(plain).hexdigest()
    return target.getvalue()


def opened(stream: bytes, *keys: str) -> bytes:
    target = io.BytesIO()
    digest = unseal(io.BytesIO(stream), target, keys or [KEY])
    assert digest == hashlib.sha256(target.getvalue()).hexdigest()
    return target.getvalue()


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]
)
def test_what_was_sealed_comes_back(size: int) -> None:
    stream = sealed(text(size))
    assert b"Perron \x00" not in stream
    assert opened(stream, OTHER, KEY) == text(size)


def test_a_stream_in_small_parts_is_the_same() -> None:
    class Pipe(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 4099))

    target = io.BytesIO()
    seal(Pipe(text(2 * CHUNK_BYTES + 5)), target, KEY)
    assert opened(target.getvalue()) == text(2 * CHUNK_BYTES + 5)


def test_the_same_sealed_twice_is_not_the_same() -> None:
    assert sealed(b"the same") != sealed(b"the same")


PIECE = CHUNK_BYTES + TAG_BYTES
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a bit": lambda s: s[:-9] + bytes([s[-9] ^ 1]) + s[-8:],
    "its salt": lambda s: s[: HEADER - 1] + bytes([s[HEADER - 1] ^ 1]) + s[HEADER:],
    "cut in a chunk": lambda s: s[:-5],
    "cut between chunks": lambda s: s[: HEADER + PIECE],
    "no chunk left": lambda s: s[:HEADER],
    "chunks swapped": lambda s: (
        s[:HEADER]
        + s[HEADER + PIECE : HEADER + 2 * PIECE]
        + s[HEADER : HEADER + PIECE]
        + s[HEADER + 2 * PIECE :]
    ),
    "a chunk twice": lambda s: s[: HEADER + PIECE] + s[HEADER:],
    "something added": lambda s: s + s[-PIECE:],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_stream_does_not_open(damage: str) -> None:
    stream = sealed(text(2 * CHUNK_BYTES + 500))
    with pytest.raises(Broken, match="changed or cut short"):
        opened(DAMAGES[damage](stream))


def test_the_key_that_is_missing_is_named() -> None:
    with pytest.raises(Broken, match=f"needs the key {sealing.name_of(KEY)}"):
        opened(sealed(b"x"), OTHER)
    with pytest.raises(Broken, match="no sealed file"):
        opened(b"PGDMP something else altogether")
