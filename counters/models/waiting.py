"""The waiting list: who wants to be told of an earlier slot (CTR-025)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.dates import now
from core.tenancy import TenantOwned
from counters.models.appointments import Appointment, Person, Slot
from counters.models.town import AppointmentType


class EarlierWish(TenantOwned):
    """« Prévenez-moi »: of a slot before this appointment's; of any where there is none.

    It is answered once. Who was told has the slot to themselves on this list for a while.
    """

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="earlier_wishes"
    )
    type = models.ForeignKey(AppointmentType, on_delete=models.CASCADE)
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, null=True)
    created_at = models.DateTimeField(default=now)
    # The first free time when the list was last gone through: who saw it then needs no letter.
    first_seen = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_of = models.ForeignKey(
        Slot, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "type", "appointment"],
                name="earlier_wish_once",
                condition=models.Q(told_at=None),
                nulls_distinct=False,
                violation_error_message=_("You are on the waiting list already."),
            )
        ]
        indexes = [
            models.Index(
                fields=["type", "created_at"],
                name="earlier_wish_in_turn",
                condition=models.Q(told_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.type}"
