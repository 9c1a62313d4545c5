"""Secrets: what is random, what is hashed, what is sealed. The only place that does it."""

import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

SEED_BYTES = 20  # 160 bits, as RFC 4226 asks
RECOVERY_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks alike


def new_token() -> str:
    """A token for a link: 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token; a plain hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_recovery_code() -> str:
    """A recovery code of 50 bits, to be typed by a person: `K7QF2-9MXTB`."""
    drawn = "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(10))
    return f"{drawn[:5]}-{drawn[5:]}"


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SEED_KEYS])


def new_seed() -> bytes:
    """A seed for an authenticator app."""
    return secrets.token_bytes(SEED_BYTES)


def seal(seed: bytes) -> bytes:
    """The seed, encrypted with the newest key."""
    return _keys().encrypt(seed)


def unseal(sealed: bytes | memoryview) -> bytes | None:
    """The seed, or None when none of the keys opens it."""
    try:
        return _keys().decrypt(bytes(sealed))
    except InvalidToken:
        return None


def reseal(sealed: bytes) -> bytes:
    """The same seed under the newest key: for the rotation of keys."""
    return _keys().rotate(bytes(sealed))
