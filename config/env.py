"""Settings come from the environment; every mistake is one sentence, and all are told at once."""

import base64
import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


class Environment:
    """Reads settings from environment variables and remembers every mistake.

    Call `check()` when all are read: it raises `ImproperlyConfigured` with one
    sentence a mistake, so that a host repairs them in one go. Every variable may
    instead be a file's text: `SECRET_KEY_FILE=/run/secrets/secret_key`.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = os.environ if values is None else values
        self.mistakes: list[str] = []

    def _value(self, name: str) -> str:
        """What is set under the name, or stands in the file that `<name>_FILE` names."""
        value = self.values.get(name, "").strip()
        file = self.values.get(f"{name}_FILE", "").strip()
        if value or not file:
            return value
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            self.mistakes.append(f"{name}_FILE: {file} cannot be read ({reason}).")
        return ""

    def text(self, name: str, default: str | None = None) -> str:
        """The variable's text; without a default it must be set."""
        value = self._value(name)
        if value:
            return value
        if default is None:
            self.mistakes.append(f"{name} is not set.")
        return default or ""

    def flag(self, name: str, default: bool = False) -> bool:
        """1/0, true/false, yes/no."""
        value = self._value(name).lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        if value:
            self.mistakes.append(f"{name} is “{value}”; write 1 or 0.")
        return default

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        """A whole number, `least` or more."""
        value = self._value(name)
        if not value:
            return default
        if not value.isdigit() or int(value) < least:
            self.mistakes.append(
                f"{name} is “{value}”; write a whole number from {least} up."
            )
            return default
        return int(value)

    def names(self, name: str, default: str | None = None) -> list[str]:
        """Several texts separated by commas."""
        return [part.strip() for part in self.text(name, default).split(",") if part]

    def url(self, name: str, schemes: set[str], default: str | None = None) -> str:
        """An address whose scheme is one of `schemes`."""
        value = self.text(name, default)
        if value and urlsplit(value).scheme not in schemes:
            wanted = " or ".join(sorted(f"{scheme}://" for scheme in schemes))
            self.mistakes.append(f"{name} must begin with {wanted}.")
        return value

    def secret(self, name: str, default: str | None = None) -> str:
        """A secret of at least 32 characters."""
        value = self.text(name, default)
        if value and len(value) < 32:
            self.mistakes.append(f"{name} is shorter than 32 characters.")
        return value

    def keys(self, name: str, default: str | None = None) -> list[str]:
        """Keys of 32 random bytes each, in base64 for URLs; the newest first."""
        found = self.names(name, default)
        wrong = [n for n, key in enumerate(found, 1) if not _is_key(key)]
        for number in wrong:
            self.mistakes.append(
                f"{name}: key {number} is not 32 bytes in base64 for URLs"
                " (44 characters)."
            )
        return [] if wrong else found

    def check(self) -> None:
        """Raises `ImproperlyConfigured` when anything read so far was wrong."""
        if self.mistakes:
            raise ImproperlyConfigured(
                "The environment has mistakes:\n  - " + "\n  - ".join(self.mistakes)
            )


def _is_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == KEY_BYTES
    except ValueError:
        return False


def is_loopback(bind: str) -> bool:
    """Whether `host:port` can be reached from its own machine only."""
    host = bind.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
