"""Publishing dates (the first part of BKG-050)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from booking.models import Counsellor, Place, ReferralType, Slot
from core.dates import at
from core.db import refusing_with_sentences


def publish(
    *,
    counsellor: Counsellor,
    place: Place,
    day: dt.date,
    start: dt.time,
    minutes: int,
    referral_types: Sequence[ReferralType],
    interpreter_possible: bool,
) -> Slot:
    """Offers one date, at local wall time. Raises Refusal when it exists already."""
    starts_at = at(day, start, counsellor.tenant.zone)
    with refusing_with_sentences(), transaction.atomic():
        slot = Slot.objects.create(
            tenant=counsellor.tenant,
            office=counsellor.office,
            counsellor=counsellor,
            place=place,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=minutes),
            interpreter_possible=interpreter_possible,
        )
        slot.referral_types.set(referral_types)
    return slot
