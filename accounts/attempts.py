"""Throttling that slows guessing and never locks the owner out (BKG-005, TRUST §2.1).

Each try counts under several keys before it is judged, so that parallel tries count too;
success forgives. Past the free tries each key waits twice as long, 15 minutes at most.
The key of the account alone does not bind a browser that this person has signed in with.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import ngettext_lazy

from accounts.models import Attempt
from core.dates import now
from core.errors import Refusal

LONGEST_WAIT = dt.timedelta(minutes=15)
FORGOTTEN_AFTER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Key:
    """What tries are counted under, and how many are free."""

    name: str
    free: int

    @property
    def digest(self) -> str:
        """The row's key: no address or name stands in the table in clear."""
        return hashlib.sha256(self.name.encode()).hexdigest()


class TooManyAttempts(Refusal):
    """Wait before the next try; `seconds` says how long."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        minutes = -(-seconds // 60)
        super().__init__(
            ngettext_lazy(
                "Too many tries. Wait %(minutes)d minute, then try again.",
                "Too many tries. Wait %(minutes)d minutes, then try again.",
                "minutes",
            )
            % {"minutes": minutes}
        )


def keys_for(
    stage: str, account: str, address: str | None, *, known_browser: bool
) -> list[Key]:
    """The keys of a try at a stage ("password", "code", "reset") of signing in.

    A whole town hall may share one address, so an address alone has many free tries.
    """
    keys = [
        Key(f"{stage}|{account}|{address}", free=5),
        Key(f"{stage}|address|{address}", free=50),
    ]
    if not known_browser:
        keys.append(Key(f"{stage}|{account}", free=25))
    return keys


def count(keys: list[Key]) -> None:
    """Counts one try under every key; raises TooManyAttempts when one of them waits."""
    at = now()
    with transaction.atomic():
        rows = [_locked(key, at) for key in sorted(keys, key=lambda key: key.digest)]
        waits = [row.blocked_until for row in rows if row.blocked_until]
        if waits and max(waits) > at:
            longest = int((max(waits) - at).total_seconds()) + 1
            refusal = TooManyAttempts(longest)
        else:
            refusal = None
            _count_all(rows, {key.digest: key.free for key in keys}, at)
    if refusal:
        raise refusal


def forgive(keys: list[Key]) -> None:
    """Success: this account's keys start anew; those of the address stay."""
    digests = [key.digest for key in keys if "|address|" not in key.name]
    Attempt.objects.filter(key__in=digests).delete()


def _locked(key: Key, at: dt.datetime) -> Attempt:
    # In one step: somebody who is forgiven meanwhile has no row any more.
    rows = Attempt.objects.select_for_update(no_key=True)
    return rows.get_or_create(key=key.digest, defaults={"last_at": at})[0]


def _count_all(rows: list[Attempt], free: dict[str, int], at: dt.datetime) -> None:
    for row in rows:
        if row.last_at < at - FORGOTTEN_AFTER:
            row.failures = 0
        row.failures += 1
        row.last_at = at
        over = row.failures - free[row.key]
        row.blocked_until = at + _wait(over) if over >= 0 else None
        row.save()


def _wait(over: int) -> dt.timedelta:
    """2, 4, 8 … seconds, 15 minutes at most."""
    return min(dt.timedelta(seconds=2 ** min(over + 1, 12)), LONGEST_WAIT)
