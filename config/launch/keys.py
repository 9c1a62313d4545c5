"""The secrets of a machine that tries or develops Perron: made once, kept in `.var`, mode 0600."""

import base64
import secrets

from config.launch.house import House, read_json, write_json

FILE = "secrets.json"


def of(house: House) -> dict[str, str]:
    """The keys of the settings and the database's password; the same at every start."""
    path = house.var / FILE
    kept = read_json(path)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SEED_KEYS": _key(),
        "BACKUP_KEYS": _key(),
        "DATABASE_PASSWORD": secrets.token_urlsafe(24),
    }
    if made.keys() - kept.keys():
        kept = {**made, **kept}
        write_json(path, kept)
    return kept


def _key() -> str:
    """What cryptography's Fernet asks for: 32 random bytes, base64 for URLs."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
