"""Finding a booking that one may see."""

import uuid

from django.shortcuts import get_object_or_404

from accounts.requests import OrganisationRequest
from booking.models import Booking
from core import journal


def own_booking(
    request: OrganisationRequest, pk: uuid.UUID, *, shown: bool = True
) -> Booking:
    """A booking that this membership may see; else 404, as if it did not exist.

    `shown`: a page with the client's data is answered to a GET, which the journal notes.
    """
    visible = Booking.objects.visible_to(request.membership).with_facts()
    row: Booking = get_object_or_404(visible, pk=pk)
    if shown and request.method == "GET":
        journal.record(
            "booking.read",
            tenant_id=row.tenant_id,
            actor_id=request.user.pk,
            subject=row,
        )
    return row
