"""A commune's own data (BKG-006)."""

from django.db import transaction

from accounts.models import Membership
from booking.models import Commune, Office
from core import journal
from core.db import refusing_with_sentences


@transaction.atomic
def update_commune(
    *, by: Membership, commune: Commune, name: str, postcode: str, office: Office
) -> None:
    """Name, postcode, office of reference. Raises Refusal for a name that is taken."""
    organisation = commune.organisation
    if (organisation.name, commune.postcode, commune.office_id) == (
        name,
        postcode,
        office.pk,
    ):
        return
    organisation.name = name
    commune.postcode, commune.office = postcode, office
    with refusing_with_sentences(field="name"):
        organisation.save(update_fields=["name"])
    commune.save(update_fields=["postcode", "office"])
    journal.record(
        "commune.changed", tenant_id=by.tenant_id, actor_id=by.user_id, subject=commune
    )
