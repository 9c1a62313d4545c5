"""Rotating the key of the second factors' seeds."""

from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.db import transaction

from accounts import secrets
from accounts.models import TotpDevice

BATCH = 200


@dataclass
class Resealed:
    """How many seeds lie under the newest key now, and how many no key opens."""

    done: int = 0
    lost: int = 0


def reseal_all() -> Resealed:
    """Puts every seed under the newest of settings.SEED_KEYS; people notice nothing.

    In batches, each row under its lock: it may be stopped and run again at any time.
    """
    result = Resealed()
    pks = list(TotpDevice.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        with transaction.atomic():
            rows = TotpDevice.objects.select_for_update(no_key=True, of=("self",))
            for device in rows.filter(pk__in=pks[start : start + BATCH]).order_by("pk"):
                _reseal(device, result)
    return result


def _reseal(device: TotpDevice, result: Resealed) -> None:
    try:
        device.sealed_seed = secrets.reseal(bytes(device.sealed_seed))
    except InvalidToken:
        result.lost += 1
        return
    device.save(update_fields=["sealed_seed"])
    result.done += 1
