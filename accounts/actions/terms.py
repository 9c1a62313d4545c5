"""Terms of use: drafts, publishing, accepting."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Tenant, Terms, TermsAcceptance, User
from core import journal
from core.dates import now
from core.db import refusing_with_sentences
from core.errors import Refusal


def draft_of(tenant: Tenant) -> Terms | None:
    """The version being written, if there is one."""
    row: Terms | None = Terms.objects.of(tenant).filter(published_at=None).first()
    return row


def has_accepted(user: User, tenant: Tenant) -> bool:
    """Whether this person may go on: no terms are published, or these are accepted."""
    if tenant.terms_id is None:
        return True
    return user.terms_accepted.filter(terms=tenant.terms_id).exists()


def accept(*, user: User, terms: Terms) -> None:
    """The person accepts the version in force; twice is once.

    Raises Refusal for another one: it was replaced while the page was open.
    """
    tenant = user.tenant
    if tenant.terms_id != terms.pk:
        raise Refusal(_("There is a newer version: read this one, please."))
    with transaction.atomic():
        _row, new = TermsAcceptance.objects.get_or_create(
            tenant=tenant, user=user, terms=terms, defaults={"accepted_at": now()}
        )
        if new:
            journal.record(
                "terms.accepted",
                tenant_id=user.tenant_id,
                actor_id=user.pk,
                subject=terms,
                detail={"version": terms.number},
            )


def write_draft(*, by: Membership, texts: dict[str, str]) -> Terms:
    """Writes the draft, text by language; makes one where there is none. Raises Refusal."""
    with refusing_with_sentences(), transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=by.tenant_id)
        draft = draft_of(tenant) or Terms(
            tenant=tenant, number=_latest_number(tenant) + 1
        )
        for language, text in texts.items():
            setattr(draft, f"text_{language}", text)
        draft.save()
    return draft


def _latest_number(tenant: Tenant) -> int:
    found = Terms.objects.of(tenant).aggregate(latest=Max("number"))
    return int(found["latest"] or 0)


@transaction.atomic
def publish(*, by: Membership) -> Terms:
    """The draft is in force: everybody is asked to accept it at their next page.

    Raises Refusal when there is no draft, or a language of the authority is missing.
    """
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=by.tenant_id)
    draft = draft_of(tenant)
    if draft is None:
        raise Refusal(_("There is no draft to publish."))
    if not all(getattr(draft, f"text_{code}") for code in tenant.languages):
        raise Refusal(_("A text is missing: write it in every language."))
    draft.published_at, draft.published_by = now(), by.user
    draft.save()
    tenant.terms = draft
    tenant.save(update_fields=["terms"])
    journal.record(
        "terms.published",
        tenant_id=by.tenant_id,
        actor_id=by.user_id,
        subject=draft,
        detail={"version": draft.number},
    )
    return draft
