"""Sealing streams of any length: what leaves the machine opens only with its key.

Chunks under AES-256-GCM, in the STREAM construction (Hoang, Reyhanitabar, Rogaway,
Vizár 2015): each nonce counts and says whether the chunk is the last, so that a stream
cut short, put together anew or continued does not open. Each stream has a key of its
own, derived from the given one and random salt, so that no nonce is ever used twice.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"perron sealed 1\n"
SALT_BYTES = 16
NAME_BYTES = 8
TAG_BYTES = 16
CHUNK_BYTES = 1024 * 1024


class Broken(Exception):
    """The stream does not open; the sentence says why as far as that can be known."""


def name_of(key: str) -> str:
    """What may be told of a key, to know it again: nothing that helps to guess it."""
    return hashlib.sha256(b"name of key " + key.encode()).hexdigest()[: NAME_BYTES * 2]


def seal(source: BinaryIO, target: BinaryIO, key: str) -> str:
    """Copies `source` sealed; gives the SHA-256 of what was read."""
    digest = hashlib.sha256()
    header = (
        MAGIC + bytes.fromhex(name_of(key)) + (salt := secrets.token_bytes(SALT_BYTES))
    )
    target.write(header)
    cipher = _cipher(key, salt)
    for number, last, chunk in _chunks(source, CHUNK_BYTES):
        digest.update(chunk)
        target.write(cipher.encrypt(_nonce(number, last), chunk, header))
    return digest.hexdigest()


def unseal(source: BinaryIO, target: BinaryIO, keys: Sequence[str]) -> str:
    """Copies `source` opened; gives the SHA-256 of what was written. Raises Broken.

    What was written before it broke is of the stream, only not all of it.
    """
    digest = hashlib.sha256()
    header = source.read(len(MAGIC) + NAME_BYTES + SALT_BYTES)
    key = _key_of(header, keys)
    cipher = _cipher(key, header[-SALT_BYTES:])
    for number, last, chunk in _chunks(source, CHUNK_BYTES + TAG_BYTES):
        try:
            plain = cipher.decrypt(_nonce(number, last), chunk, header)
        except InvalidTag:
            raise Broken("It was changed or cut short.") from None
        digest.update(plain)
        target.write(plain)
    return digest.hexdigest()


def _key_of(header: bytes, keys: Sequence[str]) -> str:
    if not header.startswith(MAGIC):
        raise Broken("It is no sealed file of Perron.")
    name = header[len(MAGIC) : len(MAGIC) + NAME_BYTES].hex()
    for key in keys:
        if name_of(key) == name:
            return key
    raise Broken(f"It needs the key {name}, which is not among BACKUP_KEYS.")


def _cipher(key: str, salt: bytes) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=salt, info=MAGIC)
    return AESGCM(derive.derive(base64.urlsafe_b64decode(key)))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _chunks(source: BinaryIO, size: int) -> Iterator[tuple[int, bool, bytes]]:
    """Number, whether it is the last, and the chunk; an empty stream has an empty one."""
    number, chunk = 0, _full(source, size)
    while True:
        following = _full(source, size) if len(chunk) == size else b""
        yield number, not following, chunk
        if not following:
            return
        number, chunk = number + 1, following


def _full(source: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end: a pipe gives them in small parts."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
