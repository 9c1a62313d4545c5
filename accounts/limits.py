"""How long a session lasts, whoever asks: the middleware, the pages, the list of sessions."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

IDLE = dt.timedelta(minutes=60)
LONGEST = dt.timedelta(hours=12)
STAY = dt.timedelta(days=7)
SEEN_EVERY = dt.timedelta(minutes=1)
# A change of factor, codes or address asks for a code that is not older (ASVS 7.5.1).
FRESH_FOR = dt.timedelta(minutes=10)


def end_of(session: Mapping[str, Any]) -> float:
    """When this session ends if nothing happens, in seconds since 1970; 0: it never began.

    « Rester connecté » knows no idle time.
    """
    ends = float(session.get("ends_at", 0))
    if session.get("stay"):
        return ends
    return min(ends, float(session.get("seen_at", 0)) + IDLE.total_seconds())


def can_be_extended(session: Mapping[str, Any]) -> bool:
    """Whether being there moves the end; not in the last hour of the longest session."""
    return not session.get("stay") and end_of(session) < float(session["ends_at"])
