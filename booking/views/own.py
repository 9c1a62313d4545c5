"""Finding a booking that one may see."""

import uuid

from django.shortcuts import get_object_or_404

from accounts.requests import OrganisationRequest
from booking.models import Booking


def own_booking(request: OrganisationRequest, pk: uuid.UUID) -> Booking:
    """A booking that this membership may see; else 404, as if it did not exist."""
    visible = Booking.objects.visible_to(request.membership).with_facts()
    row: Booking = get_object_or_404(visible, pk=pk)
    return row
