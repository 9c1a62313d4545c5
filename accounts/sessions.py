"""Sessions in the database that know whose they are (settings.SESSION_ENGINE)."""

import datetime as dt
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import UserSession


class SessionStore(DatabaseStore):
    """Writes user, browser and address beside the session's data."""

    cache_key_prefix = "accounts.sessions"

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        """The table."""
        return UserSession

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        """The row; Django saves it whole at each change of the session."""
        row: UserSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = data.get(SESSION_KEY)
        row.user_agent = data.get("user_agent", "")[:200]
        row.address = data.get("address")
        if "started_at" in data:
            row.created_at = dt.datetime.fromtimestamp(data["started_at"], dt.UTC)
            row.last_seen_at = dt.datetime.fromtimestamp(data["seen_at"], dt.UTC)
        return row
