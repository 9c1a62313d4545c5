"""The terms of use of an authority: versions, and who has accepted which, when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.db import TriggerRule
from core.tenancy import TenantOwned


class Terms(TenantOwned):
    """One version. A draft may change; what is published stays as it is, for ever."""

    number = models.PositiveIntegerField()
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"], name="terms_number_once"
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(published_at=None),
                name="one_draft_of_terms",
                violation_error_message=_("There is a draft already."),
            ),
            TriggerRule(
                name="published_terms_stay",
                violation_error_message=_(
                    "This version is published: it can no longer be changed."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} · {self.number}"


class TermsAcceptance(TenantOwned):
    """A person has accepted a version."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="terms_accepted"
    )
    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "terms"], name="terms_accepted_once"
            )
        ]
