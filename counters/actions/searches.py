"""Saving and deleting searches (CTR-040)."""

from django.db import transaction

from accounts.models import Membership
from core.db import refusing_with_sentences
from counters.models import SavedSearch


def save_search(
    *, by: Membership, entry: str, name: str, query: str, for_service: bool
) -> SavedSearch:
    """Keeps a filter under a name. Raises Refusal when the name is taken."""
    search = SavedSearch(
        tenant=by.tenant,
        entry=entry,
        name=name,
        query=query,
        service=by.organisation,
        user=None if for_service else by.user,
    )
    with refusing_with_sentences(field="name"), transaction.atomic():
        search.save(force_insert=True)
    return search
