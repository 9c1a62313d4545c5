"""Tenants, organisations, people; what lets them in."""

from accounts.models.access import (
    Attempt,
    Invitation,
    PasswordReset,
    RecoveryCode,
    RememberedBrowser,
    TotpDevice,
    UserSession,
)
from accounts.models.people import Membership, Organisation, User
from accounts.models.tenants import Tenant, TenantHost
from accounts.models.terms import Terms, TermsAcceptance

__all__ = [
    "Attempt",
    "Invitation",
    "Membership",
    "Organisation",
    "PasswordReset",
    "RecoveryCode",
    "RememberedBrowser",
    "Tenant",
    "TenantHost",
    "Terms",
    "TermsAcceptance",
    "TotpDevice",
    "User",
    "UserSession",
]
