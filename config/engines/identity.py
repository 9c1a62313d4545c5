"""Who runs PostgreSQL: it refuses root, so root becomes somebody without rights for it."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNPRIVILEGED = 65534


@dataclass(frozen=True)
class Identity:
    """A prefix to commands, or another user to run them as (`user` is then its number)."""

    prefix: tuple[str, ...] = ()
    user: int | None = None

    def run(
        self, command: Sequence[str | Path], *, typed: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs to the end as that identity; `typed` is its input, output is captured."""
        other: dict[str, Any] = {}
        if self.user is not None:
            other = {"user": self.user, "group": self.user, "extra_groups": []}
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            cwd="/",
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **other,
        )


def choose() -> Identity:
    """Oneself; as root a user namespace in which one is nobody; else the user nobody."""
    if os.geteuid() != 0:
        return Identity()
    mapped = Identity(
        prefix=(
            "unshare",
            "-U",
            f"--map-user={UNPRIVILEGED}",
            f"--map-group={UNPRIVILEGED}",
        )
    )
    if shutil.which("unshare") and mapped.run(["true"]).returncode == 0:
        return mapped
    return nobody()


def nobody() -> Identity:
    """The system's user without rights."""
    try:
        return Identity(user=pwd.getpwnam("nobody").pw_uid)
    except KeyError:
        return Identity(user=UNPRIVILEGED)
