"""The second factor: enrolling, codes, recovery codes, remembered browsers."""

import base64
import datetime as dt
from urllib.parse import quote, urlencode

from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    check_password,
    make_password,
)
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django_otp.oath import hotp

from accounts import messages, secrets
from accounts.models import RecoveryCode, RememberedBrowser, TotpDevice, User
from core import journal
from core.dates import now
from core.errors import Refusal

STEP_SECONDS = 30
# One step each way for clocks that differ: codes of 90 seconds in all, never slid further.
TOLERANCE = 1
RECOVERY_CODES = 10
REMEMBERED_FOR = dt.timedelta(days=30)


class CodeHasher(Argon2PasswordHasher):
    """For recovery codes: drawn, 50 bits each, so the least that OWASP asks of Argon2id does.

    With the passwords' 100 MB ten of them took somebody who waits three seconds.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1


class WrongCode(Refusal):
    """The code is not the present one, or was used."""

    def __init__(self) -> None:
        super().__init__(
            _("This code is not right. Enter the code that the app shows now."),
            field="code",
        )


def seed_as_text(seed: bytes) -> str:
    """The seed as authenticator apps take it: base32, in groups of four."""
    text = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def enrolment_address(user: User, seed: bytes) -> str:
    """The otpauth:// address that the QR code carries."""
    issuer = f"Perron {user.tenant.name}"
    label = quote(f"{issuer}:{user.username}")
    text = seed_as_text(seed).replace(" ", "")
    query = urlencode({"secret": text, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def matching_step(seed: bytes, code: str, *, after: int = -1) -> int | None:
    """The 30-second step whose code this is, later than `after`; None when there is none."""
    current = int(now().timestamp()) // STEP_SECONDS
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        if step > after and constant_time_compare(f"{hotp(seed, step):06d}", code):
            return step
    return None


@transaction.atomic
def enrol(*, user: User, seed: bytes, code: str) -> list[str]:
    """Makes the app with this seed the person's second factor; gives the recovery codes.

    Nothing is stored before a right code. Raises WrongCode. A former app, the former
    recovery codes and all remembered browsers are dead afterwards (BKG-003).
    """
    step = matching_step(seed, clean(code))
    if step is None:
        raise WrongCode
    TotpDevice.objects.update_or_create(
        user=user,
        defaults={"sealed_seed": secrets.seal(seed), "last_step": step},
    )
    journal.record("factor.enrolled", tenant_id=user.tenant_id, actor_id=user.pk)
    messages.factor_enrolled(user)
    return _new_codes(user)


@transaction.atomic
def use_code(*, user: User, code: str) -> None:
    """Accepts a code of the app, once: the row lock makes parallel uses wait. Raises WrongCode."""
    device = TotpDevice.objects.select_for_update(no_key=True).filter(user=user).first()
    seed = secrets.unseal(device.sealed_seed) if device else None
    if device is None or seed is None:
        raise WrongCode
    step = matching_step(seed, clean(code), after=device.last_step)
    if step is None:
        raise WrongCode
    device.last_step = step
    device.save(update_fields=["last_step"])


@transaction.atomic
def use_recovery_code(*, user: User, code: str) -> None:
    """Accepts a recovery code, once, and tells the person by e-mail. Raises WrongCode."""
    unused = RecoveryCode.objects.select_for_update(no_key=True).filter(
        user=user, used_at=None
    )
    typed = clean(code).upper()
    match = next((row for row in unused if check_password(typed, row.code_hash)), None)
    if match is None:
        raise WrongCode
    match.used_at = now()
    match.save(update_fields=["used_at"])
    journal.record("recovery_code.used", tenant_id=user.tenant_id, actor_id=user.pk)
    messages.recovery_code_used(user, left=len(unused) - 1)


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Ten new codes, shown once; the former ones and remembered browsers are dead."""
    messages.recovery_codes_renewed(user)
    return _new_codes(user)


def _new_codes(user: User) -> list[str]:
    codes = [secrets.new_recovery_code() for _ in range(RECOVERY_CODES)]
    user.recovery_codes.all().delete()
    user.remembered_browsers.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            user=user, code_hash=make_password(clean(code), hasher=CodeHasher())
        )
        for code in codes
    )
    journal.record("recovery_codes.renewed", tenant_id=user.tenant_id, actor_id=user.pk)
    return codes


@transaction.atomic
def reset_factor(*, user: User, by: User, identity_check: str) -> None:
    """An administrator takes away a lost factor; the owner is told by e-mail (BKG-005).

    `identity_check` says how the person was recognised; it goes into a note of the journal.
    """
    TotpDevice.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    user.remembered_browsers.all().delete()
    user.sessions.all().delete()
    journal.record(
        "factor.reset",
        tenant_id=user.tenant_id,
        actor_id=by.pk,
        subject=user,
        note=identity_check,
    )
    messages.factor_reset(user, by=by)


@transaction.atomic
def remember_browser(*, user: User, user_agent: str, address: str | None) -> str:
    """This browser is not asked for a code for 30 days; gives the token for its cookie."""
    token = secrets.new_token()
    RememberedBrowser.objects.create(
        user=user,
        token_hash=secrets.token_hash(token),
        user_agent=user_agent[:200],
        address=address,
        expires_at=now() + REMEMBERED_FOR,
    )
    return token


def is_remembered(*, user: User, token: str) -> bool:
    """Whether this token remembers the second factor of this very person."""
    at = now()
    return bool(
        RememberedBrowser.objects.filter(
            user=user, token_hash=secrets.token_hash(token), expires_at__gt=at
        ).update(last_used_at=at)
    )


def clean(code: str) -> str:
    """The code without the spaces and hyphens that people type."""
    return "".join(character for character in code if character.isalnum())
