"""Who is who within a tenant."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import Tenant, User


class TenantBackend(BaseBackend):
    """User name or e-mail and password, looked up inside one tenant only."""

    def authenticate(
        self,
        request: HttpRequest | None,
        tenant: Tenant | None = None,
        login: str = "",
        password: str = "",
        **credentials: Any,
    ) -> User | None:
        """The person, or None; an unknown name costs the same time as a wrong password."""
        if tenant is None or "\x00" in login + password:
            return None
        user = self.find(tenant, login)
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    @staticmethod
    def find(tenant: Tenant, login: str) -> User | None:
        """By user name first, then by e-mail; case does not matter."""
        people = User.objects.of(tenant)
        named = people.filter(Q(username__iexact=login) | Q(email__iexact=login))
        return min(
            named, key=lambda user: user.username.lower() != login.lower(), default=None
        )

    def get_user(self, user_id: str) -> User | None:
        """The person of a session; a blocked person is nobody at the very next request."""
        return User.objects.filter(pk=user_id, blocked_at=None).first()
