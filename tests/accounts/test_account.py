"""One's own account: profile, second factor, codes, sessions, browsers (BKG-003, 005, 007)."""

import base64
import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django_otp.oath import totp

from accounts.actions import factor
from accounts.browsers import in_words
from accounts.limits import FRESH_FOR
from accounts.models import Membership, PasswordReset, TotpDevice
from core.dates import now
from tests.accounts.door import browser, code, is_inside, password, told
from tests.conftest import PASSWORD, SEED, Canton, code_of, person

As = Callable[[Membership], Client]
STALE = FRESH_FOR + dt.timedelta(seconds=1)
NEW = {
    "first_name": "Comm", "last_name": "Une", "email": "new@berne.example",
    "language": "de",
}  # fmt: skip


@pytest.mark.req("BKG-007")
def test_a_profile_is_changed_and_both_addresses_are_told(
    canton: Canton, as_: As
) -> None:
    client, user = as_(canton.commune), canton.commune.user
    former = user.email
    client.post("/password/forgotten/", {"login": user.username})
    page = client.post("/account/profile/", NEW, follow=True).text
    assert 'lang="de"' in page
    user.refresh_from_db()
    assert (user.full_name, user.email) == ("Comm Une", NEW["email"])
    assert "email_changed" in told(former)
    assert told(NEW["email"]) >= {"email_set", "name_changed"}
    assert not PasswordReset.objects.filter(user=user).exists()


@pytest.mark.req("BKG-005")
@pytest.mark.parametrize("path", ["/account/profile/", "/booking/commune/"])
def test_another_address_needs_a_fresh_code_and_nothing_typed_is_lost(
    canton: Canton, as_: As, path: str
) -> None:
    client, user = as_(canton.commune), canton.commune.user
    commune = user.memberships.get().organisation.commune
    typed = {
        **NEW, "office": commune.office_id, "name": commune.organisation.name,
        "postcode": commune.postcode,
    }  # fmt: skip
    with time_machine.travel(now() + STALE, tick=False):
        for wrong in ("", "000000"):
            answer = client.post(path, {**typed, "code": wrong})
            assert answer.status_code == 422
            assert NEW["email"] in answer.text
        right = {**typed, "code": code_of(user)}
        assert client.post(path, right).status_code == 302
    user.refresh_from_db()
    assert user.email == NEW["email"]


def test_name_and_language_need_no_code(canton: Canton, as_: As) -> None:
    client, user = as_(canton.commune), canton.commune.user
    with time_machine.travel(now() + STALE, tick=False):
        own = {**NEW, "email": user.email}
        assert client.post("/account/profile/", own).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "nobody"}, "Saisissez une adresse"),
        ({"email": "other@berne.example"}, "déjà un compte"),
        ({"email": ""}, "Remplissez ce champ."),
        ({"last_name": ""}, "Remplissez ce champ."),
    ],
)
def test_what_is_wrong_in_a_profile_is_said(
    canton: Canton, as_: As, wrong: dict[str, str], sentence: str
) -> None:
    answer = as_(canton.commune).post("/account/profile/", {**NEW, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text


def seed_shown(client: Client) -> bytes:
    seed = client.get("/account/second-factor/").context["seed"].replace(" ", "")
    return base64.b32decode(seed + "=" * (-len(seed) % 8))


@pytest.mark.req("BKG-003")
def test_another_app_replaces_the_former_and_closes_the_other_sessions(
    canton: Canton, as_: As
) -> None:
    user, client, other = canton.commune.user, as_(canton.commune), browser()
    password(other)
    code(other, user, ahead=1, remember=True)
    raw = seed_shown(client)
    assert seed_shown(client) == raw
    path = "/account/second-factor/"
    assert client.post(path, {"code": "000000"}).status_code == 422
    page = client.post(path, {"code": f"{totp(raw):06d}"})
    assert len(page.context["codes"]) == 10
    assert seed_shown(client) != raw  # nobody meets the confirmed seed again
    assert is_inside(client)
    assert not is_inside(other)
    assert not user.remembered_browsers.exists()
    assert "factor_enrolled" in told(user.email)
    late = browser()
    password(late)
    assert code(late, user, ahead=1) == 422  # the former app's


@pytest.mark.req("BKG-005")
def test_another_app_needs_a_fresh_code_even_posted_directly(
    canton: Canton, as_: As
) -> None:
    user, client = canton.commune.user, as_(canton.commune)
    raw = seed_shown(client)
    path = "/account/second-factor/"
    codes = factor.enrol(user=user, seed=SEED, code=code_of(user))
    sealed = bytes(TotpDevice.objects.get(user=user).sealed_seed)
    with time_machine.travel(now() + STALE, tick=False):
        assert "seed" not in client.get(path).context
        assert client.post(path, {"code": f"{totp(raw):06d}"}).status_code == 422
        assert bytes(TotpDevice.objects.get(user=user).sealed_seed) == sealed
        assert client.post(path, {"code": codes[0]}).status_code == 302  # lost phone
        assert seed_shown(client)
    assert "recovery_code_used" in told(user.email)


@pytest.mark.req("BKG-005")
def test_codes_are_renewed_after_a_code_and_told(canton: Canton, as_: As) -> None:
    user, client = canton.commune.user, as_(canton.commune)
    path = "/account/recovery-codes/"
    assert client.post(path, {"code": "000000"}).status_code == 422
    page = client.post(path, {"code": code_of(user, ahead=1)})
    assert len(page.context["codes"]) == 10
    assert "recovery_codes_renewed" in told(user.email)


@pytest.mark.req("BKG-005")
def test_a_code_cannot_be_guessed_at_inside_either(canton: Canton, as_: As) -> None:
    client = as_(canton.commune)
    path = "/account/recovery-codes/"
    for _ in range(8):
        page = client.post(path, {"code": "000000"}).text
    assert "Trop d’essais" in page


def test_who_has_no_factor_proves_it_by_the_password(canton: Canton, as_: As) -> None:
    citizen = person(
        canton.tenant, "citizen", canton.office.organisation, "counters.citizen"
    )
    TotpDevice.objects.all().delete()
    client = as_(citizen)
    path = "/account/second-factor/"
    with time_machine.travel(now() + STALE, tick=False):
        assert client.post(path, {"code": "not the password"}).status_code == 422
        assert client.post(path, {"code": PASSWORD}).status_code == 302
        raw = seed_shown(client)
        assert client.post(path, {"code": f"{totp(raw):06d}"}).status_code == 200
    assert TotpDevice.objects.filter(user=citizen.user).exists()


def two_sessions(canton: Canton, as_: As) -> tuple[Client, Client]:
    """The same person with two browsers."""
    here = as_(canton.commune)
    there = Client(
        headers={
            "host": "berne.localhost",
            "user-agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/2010 Firefox/140.0",
        },
        REMOTE_ADDR="192.0.2.7",
    )
    password(there)
    code(there, canton.commune.user, ahead=1)
    return here, there


def test_open_sessions_say_browser_place_and_time(canton: Canton, as_: As) -> None:
    here, there = two_sessions(canton, as_)
    page = here.get("/account/").text
    for words in ("Firefox, Windows", "192.0.2.7", "cette session"):
        assert words in page
    rows = here.get("/account/").context["sessions"]
    assert [item["row"].current for item in rows] == [True, False]
    with time_machine.travel(now() + dt.timedelta(minutes=61), tick=False):
        fresh = browser()
        password(fresh)
        code(fresh, canton.commune.user)
        assert (
            len(fresh.get("/account/").context["sessions"]) == 1
        )  # idle ones are over


def test_sessions_are_closed_one_by_one(canton: Canton, as_: As) -> None:
    here, there = two_sessions(canton, as_)
    row = next(
        item["row"]
        for item in here.get("/account/").context["sessions"]
        if not item["row"].current
    )
    here.post(f"/account/sessions/{row.id}/close/")
    assert not is_inside(there)
    assert is_inside(here)
    assert here.post(f"/account/sessions/{row.id}/close/").status_code == 404


def test_all_others_are_closed_at_once(canton: Canton, as_: As) -> None:
    here, there = two_sessions(canton, as_)
    here.post("/account/sessions/close/")
    assert is_inside(here)
    assert not is_inside(there)


def test_closing_this_session_is_signing_out(canton: Canton, as_: As) -> None:
    client = as_(canton.commune)
    row = client.get("/account/").context["sessions"][0]["row"]
    assert client.post(f"/account/sessions/{row.id}/close/").url == "/sign-in/"
    assert not is_inside(client)


def test_nobody_closes_anothers_session(canton: Canton, as_: As) -> None:
    theirs = as_(canton.other_commune)
    row = theirs.get("/account/").context["sessions"][0]["row"]
    client = as_(canton.commune)
    assert client.post(f"/account/sessions/{row.id}/close/").status_code == 404
    assert is_inside(theirs)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Safari/604",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130 Mobile Safari", "Chrome, Android"),
        ("curl/8", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_a_browser_in_words(says: str, words: str) -> None:
    assert in_words(says) == words
