"""Organisations, people, and who works where in which role."""

from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.db import TriggerRule
from core.tenancy import TenantOwned, TenantQuerySet


class Organisation(TenantOwned):
    """A commune, an office, a town service, a provider, a support service."""

    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "tenant",
                Lower("name"),
                name="organisation_name_once_per_tenant",
                violation_error_message=_(
                    "An organisation of this name exists already."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """People; created by `accounts.actions` only."""


class User(AbstractBaseUser, TenantOwned):
    """A person of one tenant. Never deleted while something bears the name: blocked."""

    username = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, default="fr")
    blocked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Told that the account goes for want of use; and gone: the row names nobody any more.
    warned_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager.from_queryset(TenantQuerySet)()  # type: ignore[assignment,misc]

    # Unique over all tenants, as Django wants it; people sign in by user name or e-mail
    # within their tenant (accounts.backends).
    USERNAME_FIELD = "id"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "tenant",
                Lower("username"),
                name="username_once_per_tenant",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                "tenant",
                Lower("email"),
                name="email_once_per_tenant",
                condition=~models.Q(email=""),
                violation_error_message=_(
                    "This e-mail address has an account already."
                ),
            ),
        ]

    def __str__(self) -> str:
        if self.erased_at:
            return gettext("Former account")
        return self.full_name or self.username

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the person may sign in at all; Django asks under this name."""
        return self.blocked_at is None


class MembershipQuerySet(TenantQuerySet):
    """Who works where."""

    def usable(self) -> Self:
        """Of people not blocked, in organisations not deactivated."""
        return self.filter(user__blocked_at=None, organisation__active=True)


class Membership(TenantOwned):
    """A person works in an organisation in a role; roles are declared by the apps."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=60)
    administrator = models.BooleanField(
        default=False, help_text="may invite, block, and reset a lost factor there"
    )

    objects = MembershipQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                name="membership_once",
                violation_error_message=_("This person has this role already."),
            ),
            TriggerRule(
                name="organisation_keeps_an_administrator",
                violation_error_message=_(
                    "An organisation always keeps one administrator: make somebody"
                    " else administrator first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.role}"
