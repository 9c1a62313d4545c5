"""One's own open sessions and remembered browsers: seen, closed, forgotten."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from accounts.limits import end_of
from accounts.models import RememberedBrowser, User, UserSession
from core import journal
from core.dates import now


@dataclass(frozen=True)
class OpenSession:
    """A session of somebody; `id` names it in addresses and opens nothing."""

    id: uuid.UUID
    user_agent: str
    address: str | None
    since: dt.datetime
    seen_at: dt.datetime | None
    current: bool


def _id(row: UserSession) -> uuid.UUID:
    """From the hash that is the row's key: the browser's own key cannot be had from it."""
    return uuid.UUID(hex=row.session_key[:32])


def open_sessions(user: User, *, current: str) -> list[OpenSession]:
    """The sessions that still stand, this one first; `current` is the key of its row."""
    at = now()
    rows = user.sessions.filter(expire_date__gt=at).order_by("-last_seen_at")
    alive = [row for row in rows if end_of(row.get_decoded()) > at.timestamp()]
    alive.sort(key=lambda row: row.session_key != current)
    return [
        OpenSession(
            id=_id(row),
            user_agent=row.user_agent,
            address=row.address,
            since=row.created_at,
            seen_at=row.last_seen_at,
            current=row.session_key == current,
        )
        for row in alive
    ]


@transaction.atomic
def close(*, user: User, session: uuid.UUID) -> bool:
    """Closes one session of one's own; False when there is none of this id."""
    rows = user.sessions.filter(session_key__startswith=session.hex)
    closed, _kinds = rows.delete()
    if closed:
        journal.record("session.closed", tenant_id=user.tenant_id, actor_id=user.pk)
    return bool(closed)


@transaction.atomic
def close_others(*, user: User, current: str) -> int:
    """Closes all sessions but this one; gives how many."""
    closed, _kinds = user.sessions.exclude(session_key=current).delete()
    journal.record(
        "sessions.closed",
        tenant_id=user.tenant_id,
        actor_id=user.pk,
        detail={"closed": closed},
    )
    return closed


@transaction.atomic
def forget(*, user: User, browser: RememberedBrowser) -> None:
    """This browser is asked for the second factor again."""
    browser.delete()
    journal.record("browser.forgotten", tenant_id=user.tenant_id, actor_id=user.pk)
