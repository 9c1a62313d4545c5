"""Settings come from the environment; every mistake is one sentence, and all are told at once."""

import ipaddress
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class Environment:
    """Reads settings from environment variables and remembers every mistake.

    Call `check()` when all are read: it raises `ImproperlyConfigured` with one
    sentence a mistake, so that a host repairs them in one go.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = os.environ if values is None else values
        self.mistakes: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        """The variable's text; without a default it must be set."""
        value = self.values.get(name, "").strip()
        if value:
            return value
        if default is None:
            self.mistakes.append(f"{name} is not set.")
        return default or ""

    def flag(self, name: str, default: bool = False) -> bool:
        """1/0, true/false, yes/no."""
        value = self.values.get(name, "").strip().lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        if value:
            self.mistakes.append(f"{name} is “{value}”; write 1 or 0.")
        return default

    def number(self, name: str, default: int, *, least: int = 0) -> int:
        """A whole number, `least` or more."""
        value = self.values.get(name, "").strip()
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

    def check(self) -> None:
        """Raises `ImproperlyConfigured` when anything read so far was wrong."""
        if self.mistakes:
            raise ImproperlyConfigured(
                "The environment has mistakes:\n  - " + "\n  - ".join(self.mistakes)
            )


def is_loopback(bind: str) -> bool:
    """Whether `host:port` can be reached from its own machine only."""
    host = bind.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
