"""Keys change and nobody notices: sessions, links, second factors (TRUST §7)."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Membership, TotpDevice
from tests.accounts.door import (
    NEW_PASSWORD,
    browser,
    code,
    is_inside,
    password,
    path_in_mail,
)
from tests.conftest import Canton, code_of

NEW = "a new secret key of fifty characters and a few more"


def reseal() -> str:
    out = StringIO()
    call_command("reseal", stdout=out)
    return out.getvalue()


def test_who_is_signed_in_stays_so_while_the_old_key_is_a_fallback(
    canton: Canton, as_: Callable[[Membership], Client], settings: Any
) -> None:
    seen, away = as_(canton.commune), as_(canton.other_commune)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [old]
    assert is_inside(seen)
    # The session of whoever came by meanwhile is under the new key already.
    settings.SECRET_KEY_FALLBACKS = []
    assert is_inside(seen)
    assert not is_inside(away)


def test_who_was_half_way_in_begins_again(canton: Canton, settings: Any) -> None:
    client = browser()
    password(client)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [old]
    assert code(client, canton.commune.user) == 302
    assert not is_inside(client)
    password(client)
    code(client, canton.commune.user)
    assert is_inside(client)


def test_a_link_to_set_a_new_password_outlives_the_key(
    canton: Canton, settings: Any
) -> None:
    browser().post("/password/forgotten/", {"login": "commune"})
    link = path_in_mail("accounts.password_reset")
    old = settings.SECRET_KEY
    client = browser()
    client.get(link)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [old]
    client.post("/password/new/", {"password": NEW_PASSWORD})
    assert password(browser(), typed=NEW_PASSWORD) == 302


def test_seeds_go_under_the_new_key_and_the_old_one_can_go(
    canton: Canton, settings: Any
) -> None:
    (old,) = settings.SEED_KEYS
    new = Fernet.generate_key().decode()
    settings.SEED_KEYS = [new, old]
    told = reseal()
    assert f"{TotpDevice.objects.count()} seeds lie under the newest key." in told
    assert "All but the first key may be removed" in told
    settings.SEED_KEYS = [new]
    client = browser()
    password(client)
    code(client, canton.commune.user)
    assert is_inside(client)
    settings.SEED_KEYS = [old]
    client = browser()
    password(client)
    client.post("/sign-in/code/", {"code": code_of(canton.other_commune.user)})
    assert not is_inside(client)


def test_a_seed_that_no_key_opens_is_told_and_left(
    canton: Canton, settings: Any
) -> None:
    before = set(TotpDevice.objects.values_list("sealed_seed", flat=True))
    settings.SEED_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match=f"^{len(before)} seeds open with none"):
        reseal()
    after = set(TotpDevice.objects.values_list("sealed_seed", flat=True))
    assert {bytes(one) for one in after} == {bytes(one) for one in before}
