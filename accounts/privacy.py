"""Personal data in accounts: the fate of every column, and what retention erases."""

from django.utils.translation import gettext_lazy as _

from accounts.actions import erasure
from accounts.models import User
from core.privacy import retention
from core.privacy.fates import anonymised, deleted, kept, table
from core.privacy.retention import Kind, register

SETUP = "set up by the operator; nothing about a private person"
FOR_HISTORY = (
    "the history of others' records refers to the row; it names nobody any more"
)
UNUSED = "retention of accounts: unused for months, after a warning by e-mail"
WITH_ACCOUNT = "with the account, or when it has run out"

table(
    "accounts_tenant",
    kept(
        "id slug name name_fr name_de office office_fr office_de tool_title tool_title_fr"
        " tool_title_de tool_purpose tool_purpose_fr tool_purpose_de accent accent_strong"
        " logo logo_digest languages time_zone country canton apps second_factor_required settings terms_id",
        SETUP,
    ),
)
table("accounts_tenantlogo", kept("id tenant_id png", SETUP))
table("accounts_tenanthost", kept("id tenant_id host", SETUP))
table("accounts_organisation", kept("id tenant_id name email phone active", SETUP))
table(
    "accounts_user",
    kept(
        "id tenant_id created_at language blocked_at warned_at erased_at", FOR_HISTORY
    ),
    anonymised("username password last_login email first_name last_name", UNUSED),
)
table(
    "accounts_membership",
    deleted("id tenant_id user_id organisation_id role administrator", WITH_ACCOUNT),
)
table(
    "accounts_totpdevice",
    deleted("id user_id sealed_seed last_step created_at", WITH_ACCOUNT),
)
table("accounts_recoverycode", deleted("id user_id code_hash used_at", WITH_ACCOUNT))
table(
    "accounts_rememberedbrowser",
    deleted(
        "id user_id token_hash user_agent address created_at last_used_at expires_at",
        WITH_ACCOUNT,
    ),
)
table(
    "accounts_usersession",
    deleted(
        "session_key session_data expire_date user_id user_agent address created_at"
        " last_seen_at",
        WITH_ACCOUNT,
    ),
)
table(
    "accounts_passwordreset",
    deleted("id user_id token_hash expires_at", WITH_ACCOUNT),
)
table(
    "accounts_invitation",
    deleted(
        "id tenant_id organisation_id email role administrator language token_hash"
        " invited_by_id created_at expires_at accepted_at revoked_at",
        "retention of invitations: accepted, withdrawn or run out months ago",
    ),
)
table(
    "accounts_attempt",
    deleted(
        "key failures last_at blocked_until",
        "a day after the last try; the key is a hash",
    ),
)
table(
    "accounts_terms",
    kept(
        "id tenant_id number text text_fr text_de created_at published_at"
        " published_by_id",
        "the rules that everybody has agreed to; the person who published acts in office",
    ),
)
table(
    "accounts_termsacceptance",
    deleted("id tenant_id user_id terms_id accepted_at", WITH_ACCOUNT),
)

register(
    Kind(
        "accounts.warnings",
        _("Warnings to unused accounts"),
        _("A letter thirty days before: who signs in keeps the account."),
        erasure.to_warn,
        retention.FIXED,
        act=erasure.warn,
    )
)
register(
    Kind(
        erasure.ACCOUNTS,
        _("Accounts that nobody uses"),
        _("Made anonymous after a warning by e-mail; history keeps a nameless row."),
        erasure.unused,
        24,
        act=erasure.erase,
        model=User,
    )
)
register(
    Kind(
        erasure.INVITATIONS,
        _("Invitations"),
        _("Deleted, whether they were accepted or not."),
        erasure.invitations,
        6,
    )
)
register(
    Kind(
        erasure.TRACES,
        _("Sessions and links that have run out"),
        _("Deleted, with addresses and browsers."),
        erasure.traces,
        1,
        "days",
    )
)
