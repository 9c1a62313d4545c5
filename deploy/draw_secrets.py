"""Draws the secrets that docker-compose.yml asks for, into ./secrets; none is ever replaced.

`python3 deploy/draw_secrets.py`. Standard library only: it runs on the host, before anything.
The folder is closed to others; the files in it are not, for each container reads its own
as another user.
"""

import base64
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "secrets"


def key() -> str:
    """32 random bytes in base64 for URLs: what SEED_KEYS and BACKUP_KEYS hold."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


DRAWN: dict[str, Callable[[], str]] = {
    "secret_key": lambda: secrets.token_urlsafe(48),
    "seed_keys": key,
    "backup_keys": key,
    "database_password": lambda: secrets.token_urlsafe(32),
    "metrics_token": lambda: secrets.token_urlsafe(32),
}
# What no machine can draw: how mail leaves. As it stands it goes to the catcher (trial).
GIVEN = {"email_url": "smtp://mail:1025"}


def main(folder: Path) -> int:
    """Says which were drawn, which were there, and which are to be kept elsewhere."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    for name, draw in DRAWN.items():
        _write(folder / name, draw())
    for name, text in GIVEN.items():
        _write(folder / name, text)
    sys.stdout.write(
        "Keep copies of secret_key, seed_keys and backup_keys apart from the backups:\n"
        "without them no backup opens and nobody's second factor does.\n"
        f"Write into {folder / 'email_url'} how mail leaves: smtp+tls://user:password@host:587\n"
    )
    return 0


def _write(path: Path, text: str) -> None:
    if path.exists():
        sys.stdout.write(f"{path.name}: there already, left as it is\n")
        return
    path.touch(mode=0o644)
    path.write_text(f"{text}\n", encoding="utf-8")
    path.chmod(0o444)
    sys.stdout.write(f"{path.name}: made\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
