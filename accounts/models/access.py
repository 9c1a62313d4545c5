"""What lets people in: second factors, sessions, invitations, attempts. Secrets are hashed or encrypted."""

import uuid

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from accounts.models.people import Organisation, User
from core.dates import now
from core.tenancy import TenantOwned


class TotpDevice(models.Model):
    """A person's authenticator app. The seed is encrypted with a key kept elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="totp")
    sealed_seed = models.BinaryField()
    last_step = models.BigIntegerField(
        default=-1, help_text="the 30-second step of the last code used"
    )
    created_at = models.DateTimeField(auto_now_add=True)


class RecoveryCode(models.Model):
    """One of ten codes for a lost phone, kept as a hash, good once."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)


class RememberedBrowser(models.Model):
    """A browser that is not asked for the second factor for a while; revocable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="remembered_browsers"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()


class UserSession(AbstractBaseSession):
    """A session; it knows whose it is, so that it can be closed from elsewhere at once."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that Django asks for."""
        from accounts.sessions import SessionStore  # noqa: PLC0415 (it imports this model)

        return SessionStore


class Invitation(TenantOwned):
    """One address is invited into one role of one organisation, for seven days."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=60)
    administrator = models.BooleanField(default=False)
    language = models.CharField(max_length=8, default="fr")
    token_hash = models.CharField(max_length=64, unique=True)
    # Empty: the person registered where a role is open to everybody.
    invited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class PasswordReset(models.Model):
    """A way back in for a forgotten password; good once, for an hour; the newest only."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="password_reset"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()


class Attempt(models.Model):
    """Failed tries under one key (account and address, address, device): what slows them."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
