"""The door (BKG-001 to BKG-005)."""

import datetime as dt
import re
import threading
from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.actions.care import block, close_sessions, unblock
from accounts.actions.factor import (
    REMEMBERED_FOR,
    WrongCode,
    enrol,
    renew_recovery_codes,
    reset_factor,
    use_code,
)
from accounts.actions.sign_in import set_password
from accounts.models import Membership, RecoveryCode, TotpDevice
from core.dates import now
from core.messages.models import OutgoingMessage
from tests.accounts.door import DATES, browser, password
from tests.conftest import PASSWORD, SEED, Canton, code_of, person


@pytest.mark.req("BKG-001")
def test_leads_to_the_door_and_on_to_the_page_first_asked_for(canton: Canton) -> None:
    client = browser()
    answer = client.get(DATES)
    assert answer.url == "/sign-in/?next=%2Fbooking%2Fdates%2F"
    password(client)
    code = {"code": code_of(canton.commune.user), "remember": "0"}
    assert client.post("/sign-in/code/", code).url == DATES
    assert client.get(DATES).status_code == 200


@pytest.mark.req("BKG-003")
def test_half_signed_in_reaches_nothing(canton: Canton) -> None:
    client = browser()
    password(client)
    assert client.get(DATES).status_code == 302
    with time_machine.travel(now() + dt.timedelta(minutes=5, seconds=1), tick=False):
        assert client.get("/sign-in/code/").url == "/sign-in/"


@pytest.mark.req("BKG-005")
def test_a_code_works_once(canton: Canton) -> None:
    user = canton.commune.user
    code = code_of(user)
    use_code(user=user, code=code)
    with pytest.raises(WrongCode):
        use_code(user=user, code=code)


@pytest.mark.req("BKG-005")
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_uses_of_one_code_are_one(canton: Canton) -> None:
    user, won = canton.commune.user, []
    code, start = code_of(user), threading.Barrier(20)

    def use() -> None:
        start.wait()
        try:
            use_code(user=user, code=code)
            won.append(1)
        except WrongCode:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


@pytest.mark.req("BKG-003")
def test_nothing_is_enrolled_before_a_right_code(canton: Canton) -> None:
    user = canton.commune.user
    TotpDevice.objects.filter(user=user).delete()
    client = browser()
    password(client)
    seeds = {client.get("/sign-in/second-factor/").context["seed"] for _ in range(2)}
    assert len(seeds) == 1
    client.post("/sign-in/second-factor/", {"code": "000000"})
    assert not TotpDevice.objects.filter(user=user).exists()


@pytest.mark.req("BKG-003")
def test_no_secret_lies_in_clear_in_the_database(canton: Canton) -> None:
    user = canton.commune.user
    codes = enrol(user=user, seed=SEED, code=code_of(user))
    device = TotpDevice.objects.get(user=user)
    assert SEED not in bytes(device.sealed_seed)
    hashes = " ".join(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not any(code.replace("-", "") in hashes for code in codes)


EVENTS: dict[str, Callable[[Canton], object]] = {
    "the password changes": lambda canton: set_password(
        user=canton.commune.user, password="tout autre chose ici"
    ),
    "the lost factor is reset": lambda canton: reset_factor(
        user=canton.commune.user, by=canton.other_commune.user, identity_check="vue"
    ),
    "another app is enrolled": lambda canton: enrol(
        user=canton.commune.user,
        seed=SEED,
        code=code_of(canton.commune.user, ahead=1),
    ),
    "the recovery codes are renewed": lambda canton: renew_recovery_codes(
        user=canton.commune.user
    ),
    "the person is blocked": lambda canton: blocked_and_back(canton),
    "an administrator closes the sessions": lambda canton: close_sessions(
        by=colleague_of(canton), user=canton.commune.user
    ),
    "the person forgets the browser": lambda canton: forget_own(canton),
}


def remembered(canton: Canton) -> Client:
    """A browser whose second factor is remembered, signed out again."""
    client = browser()
    password(client)
    client.post(
        "/sign-in/code/", {"code": code_of(canton.commune.user), "remember": "1"}
    )
    client.post("/sign-out/")
    return client


@pytest.mark.req("BKG-003")
def test_a_remembered_browser_is_not_asked_again(canton: Canton) -> None:
    client = remembered(canton)
    password(client)
    assert client.get(DATES).status_code == 200


@pytest.mark.req("BKG-003")
@pytest.mark.parametrize("event", EVENTS)
def test_the_remembered_factor_dies(canton: Canton, event: str) -> None:
    client = remembered(canton)
    EVENTS[event](canton)
    password(client)
    password(client, typed="tout autre chose ici")
    assert client.get(DATES).status_code == 302


@pytest.mark.req("BKG-003")
def test_a_remembered_factor_ends_on_the_server_too(canton: Canton) -> None:
    client = remembered(canton)
    with time_machine.travel(now() + REMEMBERED_FOR, tick=False):
        password(client)
        assert client.get(DATES).status_code == 302


@pytest.mark.req("BKG-003")
def test_a_remembered_browser_helps_nobody_else(canton: Canton) -> None:
    client = remembered(canton)
    assert client.get(DATES).status_code == 302  # without the password: nothing
    password(client, "other")
    assert client.get(DATES).status_code == 302


def colleague_of(canton: Canton) -> Membership:
    """Another administrator."""
    return person(
        canton.tenant,
        "admin",
        canton.commune.organisation,
        "booking.commune",
        administrator=True,
    )


def forget_own(canton: Canton) -> None:
    """On one's own page, from another browser."""
    client, user = browser(), canton.commune.user
    password(client)
    client.post("/sign-in/code/", {"code": code_of(user, ahead=1), "remember": "0"})
    row = user.remembered_browsers.get()
    assert client.post(f"/account/browsers/{row.pk}/forget/").status_code == 302


def blocked_and_back(canton: Canton) -> None:
    admin = colleague_of(canton)
    block(by=admin, user=canton.commune.user)
    unblock(by=admin, user=canton.commune.user)


@pytest.mark.req("BKG-005")
def test_the_present_password_cannot_be_guessed_at(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    client = as_(canton.commune)
    new = {"password": "tout autre chose ici"}
    for _ in range(8):
        page = client.post("/account/password/", {**new, "current": "faux"}).text
    assert "Attendez" in page or "Patientez" in page
    client.post("/account/password/", {**new, "current": PASSWORD})
    canton.commune.user.refresh_from_db()
    assert canton.commune.user.check_password(PASSWORD)
    with time_machine.travel(now() + dt.timedelta(minutes=16), tick=False):
        client.post("/account/password/", {**new, "current": PASSWORD})
    canton.commune.user.refresh_from_db()
    assert canton.commune.user.check_password(new["password"])


@pytest.mark.req("BKG-004")
def test_a_reset_link_works_once_and_the_factor_still_stands(canton: Canton) -> None:
    client = browser()
    client.post("/password/forgotten/", {"login": "commune"})
    message = OutgoingMessage.objects.get(kind="accounts.password_reset")
    link = next(w for w in message.text.split() if "/password/link/" in w)
    path = link.partition(".localhost")[2].partition("/")[2]
    client.get(f"/{path}")
    new = {"password": "un mot puis un autre mot"}
    assert client.post("/password/new/", new).status_code == 200
    client.get(f"/{path}")
    assert client.post("/password/new/", new).status_code == 410
    password(client, typed=new["password"])
    assert client.get(DATES).status_code == 302


@pytest.mark.req("BKG-004")
def test_the_answer_never_tells_whether_the_account_exists(canton: Canton) -> None:
    tokens = re.compile(r'value="[A-Za-z0-9]{64}"')
    pages = {
        tokens.sub("", browser().post("/password/forgotten/", {"login": login}).text)
        for login in ("commune", "nobody")
    }
    assert len(pages) == 1


@pytest.mark.req("BKG-005")
def test_guessing_is_slowed_and_the_owner_gets_in(canton: Canton) -> None:
    guesser = browser()
    statuses = [password(guesser, typed="wrong wrong wrong") for _ in range(11)]
    assert statuses[-1] == 429
    owner = Client(headers={"host": "berne.localhost"}, REMOTE_ADDR="10.0.0.9")
    assert password(owner) == 302


@pytest.mark.req("BKG-005")
def test_a_recovery_code_lets_in_once_and_is_told(canton: Canton) -> None:
    user = canton.commune.user
    codes = enrol(user=user, seed=SEED, code=code_of(user))
    for expected in (302, 422):
        client = browser()
        password(client)
        answer = client.post("/sign-in/recovery-code/", {"code": codes[0].lower()})
        assert answer.status_code == expected
    message = OutgoingMessage.objects.get(kind="accounts.recovery_code_used")
    assert "restants : 9." in message.text


@pytest.mark.req("BKG-005")
def test_an_administrator_resets_a_lost_factor_and_the_owner_is_told(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    colleague = person(
        canton.tenant, "colleague", canton.commune.organisation, "booking.commune"
    )
    client = as_(canton.commune)
    path = f"/team/{colleague.user_id}/reset-factor/"
    client.post(path, {"identity_check": "Carte d’identité montrée"})
    assert not TotpDevice.objects.filter(user=colleague.user).exists()
    assert OutgoingMessage.objects.filter(
        kind="accounts.factor_reset", to=colleague.user.email
    ).exists()
    own = f"/team/{canton.commune.user_id}/reset-factor/"
    client.post(own, {"identity_check": "moi"})
    assert TotpDevice.objects.filter(user=canton.commune.user).exists()


@pytest.mark.req("BKG-005")
def test_blocked_is_out_at_the_very_next_request(
    canton: Canton, as_: Callable[[Membership], Client]
) -> None:
    colleague = person(
        canton.tenant, "colleague", canton.commune.organisation, "booking.commune"
    )
    client = as_(colleague)
    assert client.get(DATES).status_code == 200
    block(by=canton.commune, user=colleague.user)
    assert client.get(DATES).status_code == 302


@pytest.mark.parametrize("minutes", [61, 12 * 60 + 1])
def test_a_session_ends_when_idle_or_old(
    canton: Canton, as_: Callable[[Membership], Client], minutes: int
) -> None:
    client = as_(canton.commune)
    with time_machine.travel(now() + dt.timedelta(minutes=minutes), tick=False):
        assert client.get(DATES).status_code == 302


@pytest.mark.parametrize(
    "evil", ["//evil.example", "/\\evil.example", "https:evil.example"]
)
def test_next_stays_on_the_host(canton: Canton, evil: str) -> None:
    client = browser()
    client.post(f"/sign-in/?next={evil}", {"login": "commune", "password": PASSWORD})
    code = {"code": code_of(canton.commune.user), "remember": "0"}
    assert client.post("/sign-in/code/", code).url == "/"
