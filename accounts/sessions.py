"""Sessions in the database that know whose they are (settings.SESSION_ENGINE)."""

import datetime as dt
import hashlib
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import UserSession
from core.dates import now

KEY_LETTERS = 40  # the column's width: 160 bits


def row_key(session_key: str) -> str:
    """What stands in the table for a session's key: a dump lets nobody in (TRUST §2.4)."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:KEY_LETTERS]


class SessionStore(DatabaseStore):
    """Writes user, browser and address beside the session's data; keys only as hashes."""

    cache_key_prefix = "accounts.sessions"

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        """The table."""
        return UserSession

    def _get_session_from_db(self) -> UserSession | None:
        """The row of the browser's key; None, and no key, when there is none any more."""
        row: UserSession | None = UserSession.objects.filter(
            session_key=row_key(self.session_key or ""),
            expire_date__gt=now(),
        ).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        """Whether this key is taken."""
        return UserSession.objects.filter(session_key=row_key(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        """Ends the session."""
        key = session_key or self.session_key
        if key is not None:
            UserSession.objects.filter(session_key=row_key(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        """The row; Django saves it whole at each change of the session."""
        row: UserSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.session_key = row_key(row.session_key)
        row.user_id = data.get(SESSION_KEY)
        row.user_agent = data.get("user_agent", "")[:200]
        row.address = data.get("address")
        if "started_at" in data:
            row.created_at = dt.datetime.fromtimestamp(data["started_at"], dt.UTC)
            row.last_seen_at = dt.datetime.fromtimestamp(data["seen_at"], dt.UTC)
        return row
