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
from accounts.models.tenants import PAGES, Tenant, TenantHost, TenantLogo
from accounts.models.terms import Terms, TermsAcceptance

__all__ = [
    "PAGES",
    "Attempt",
    "Invitation",
    "Membership",
    "Organisation",
    "PasswordReset",
    "RecoveryCode",
    "RememberedBrowser",
    "Tenant",
    "TenantHost",
    "TenantLogo",
    "Terms",
    "TermsAcceptance",
    "TotpDevice",
    "User",
    "UserSession",
]
