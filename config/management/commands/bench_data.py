"""The data set of `run.py bench` for booking (DESIGN §8), on top of the demonstration's."""

import datetime as dt
import random
import uuid
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Organisation, Tenant, User
from booking.models import Booking, Counsellor, Office, Place, ReferralType, Slot
from booking.states import BookingState, SlotState
from core import schedules
from core.dates import now, today

COUNSELLORS = 40
AGENDA = 10
BOOKINGS = 5000
HOURS = (
    schedules.Opening(dt.time(8), dt.time(12), 30),
    schedules.Opening(dt.time(13), dt.time(17), 30),
)


class Command(BaseCommand):
    help = "Fills the demonstration with 40 counsellors × 12 months of dates."

    def add_arguments(self, parser: CommandParser) -> None:
        """--full: how many of a hundred dates are taken."""
        parser.add_argument("--full", type=int, default=99)

    def handle(self, *args: Any, **options: Any) -> None:
        """Rows written in bulk: what the bench measures is reading them."""
        random.seed(8)
        tenant = Tenant.objects.get(slug="berne")
        own = {"counsellor__user__username__startswith": "bench."}
        Booking.objects.filter(
            slot__in=Slot.objects.filter(tenant=tenant, **own)
        ).delete()
        Slot.objects.filter(tenant=tenant, **own).delete()
        counsellors = list(_counsellors(tenant))
        slots = [slot for one in counsellors for slot in _year(one, options["full"])]
        Slot.objects.bulk_create(slots, batch_size=5000)
        link = Slot.referral_types.through
        kind = ReferralType.objects.of(tenant).order_by("position")[0]
        link.objects.bulk_create(
            (link(slot_id=slot.pk, referraltype_id=kind.pk) for slot in slots),
            batch_size=5000,
        )
        taken = (slot for slot in slots if slot.state == SlotState.BOOKED)
        commune = Organisation.objects.get(tenant=tenant, name="Saint-Imier")
        clerk = User.objects.get(tenant=tenant, username="SaintImier")
        Booking.objects.bulk_create(
            (_booking(slot, commune, clerk, kind) for slot in islice(taken, BOOKINGS)),
            batch_size=1000,
        )
        self.stdout.write(f"{len(counsellors)} counsellors, {len(slots)} dates")


def _counsellors(tenant: Tenant) -> Any:
    offices = Office.objects.of(tenant).select_related("organisation")
    thun, biel = (
        offices.get(organisation__name=name) for name in ("KIO Thun", "Multimondo")
    )
    # With the demonstration's own, Thun has ten: the agenda that DESIGN §8 speaks of.
    in_thun = AGENDA - Counsellor.objects.filter(office=thun).count()
    for number in range(COUNSELLORS):
        office = thun if number < in_thun else biel
        user, _new = User.objects.get_or_create(
            tenant=tenant,
            username=f"bench.{number}",
            defaults={"last_name": f"Bench{number}", "password": "!"},
        )
        yield Counsellor.objects.get_or_create(
            tenant=tenant,
            user=user,
            defaults={"office": office, "languages": ["fr"] if number % 2 else ["de"]},
        )[0]


def _year(counsellor: Counsellor, full: int) -> Any:
    place = Place.objects.filter(office=counsellor.office).order_by("name")[0]
    first = today() + dt.timedelta(days=1)
    week = schedules.Week(dict.fromkeys(range(5), HOURS), first)
    last = first + dt.timedelta(days=364)
    for date in schedules.slots([week], first, last, counsellor.tenant.zone):
        taken = random.randrange(100) < full  # noqa: S311 (data for measuring)
        yield Slot(
            tenant=counsellor.tenant,
            office=counsellor.office,
            counsellor=counsellor,
            place=place,
            starts_at=date.starts_at,
            ends_at=date.ends_at,
            interpreter_possible=True,
            state=SlotState.BOOKED if taken else SlotState.FREE,
        )


def _booking(
    slot: Slot, commune: Organisation, clerk: User, kind: ReferralType
) -> Booking:
    return Booking(
        id=uuid.uuid4(),
        tenant=slot.tenant,
        commune=commune,
        created_by=clerk,
        slot=slot,
        state=BookingState.CONFIRMED,
        confirmed_at=now(),
        language="fr",
        referral_type=kind,
        last_name=f"Client{slot.starts_at:%m%d%H}",
        first_name="Ada",
        nationality="ER",
        personal_data={"aim": "x"},
    )
