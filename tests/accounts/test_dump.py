"""A dump of the whole database gives away no secret (TRUST §2; DESIGN §5)."""

import base64
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django_otp.oath import totp

from accounts.models import RecoveryCode, TotpDevice
from core.messages.models import OutgoingMessage
from tests.conftest import PASSWORD, Canton, code_of

pytestmark = pytest.mark.django_db
HOST = {"host": "berne.localhost"}


def dump() -> str:
    """Every row of every table, as pg_dump would write it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        parts = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            parts += [row for (row,) in cursor.fetchall()]
    return "\n".join(parts)


def link_of(kind: str) -> str:
    """The token of a link that waits to be sent; blanked once it is (test_outbox.py)."""
    message = OutgoingMessage.objects.get(kind=kind)
    return re.search(r"/link/([^/\s]+)/", message.text)[1]  # type: ignore[index]


def secrets_of_a_life(canton: Canton) -> Iterator[tuple[str, str]]:
    """Invited, enrolled, signed in and remembered, password forgotten; what was secret."""
    admin = Client(headers=HOST)
    login = {"login": "commune", "password": PASSWORD, "stay": "1"}
    admin.post("/sign-in/", login)
    code = code_of(canton.commune.user)
    admin.post("/sign-in/code/", {"code": code, "remember": "1"})
    (remembered,) = [
        cookie.value for name, cookie in admin.cookies.items() if "factor" in name
    ]
    yield "remembered browser", remembered
    yield "session", admin.cookies["perron_session"].value
    admin.post(
        "/team/invite/",
        {"email": "new@x.example", "role": "booking.commune", "language": "fr"},
    )
    token = link_of("accounts.invitation")
    yield "invitation", token
    new = Client(headers=HOST)
    new.get(f"/invitation/link/{token}/")
    person = {"first_name": "N", "last_name": "N", "username": "new"}
    new.post("/invitation/", {**person, "password": "un mot de passe tout neuf"})
    yield "password", "un mot de passe tout neuf"
    seed = new.get("/sign-in/second-factor/").context["seed"].replace(" ", "")
    yield "seed as text", seed
    raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
    yield "seed in hex", raw.hex()
    page = new.post("/sign-in/second-factor/", {"code": f"{totp(raw):06d}"})
    for number, recovery in enumerate(page.context["codes"]):
        yield f"recovery code {number}", recovery
        yield f"recovery code {number} without hyphens", recovery.replace("-", "")
    Client(headers=HOST).post("/password/forgotten/", {"login": "new"})
    yield "reset link", link_of("accounts.password_reset")


def test_a_dump_holds_no_secret_in_clear(canton: Canton) -> None:
    secrets = list(secrets_of_a_life(canton))
    assert TotpDevice.objects.count() >= 2
    assert RecoveryCode.objects.count() >= 10
    # As the sender does once a message with a link has left (test_outbox.py).
    OutgoingMessage.objects.filter(sensitive=True).update(text="", html="")
    everything = dump()
    assert [name for name, secret in secrets if secret in everything] == []


def test_the_dump_would_show_what_is_kept_in_clear(canton: Canton) -> None:
    """The net has no hole: a seed written in clear is seen."""
    secrets = dict(secrets_of_a_life(canton))
    TotpDevice.objects.update(sealed_seed=bytes.fromhex(secrets["seed in hex"]))
    canton.commune.user.last_name = secrets["recovery code 0"]
    canton.commune.user.save()
    everything = dump()
    assert secrets["seed in hex"] in everything
    assert secrets["recovery code 0"] in everything
