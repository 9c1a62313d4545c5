"""What administrators do about somebody's access: block, sessions, a password link."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actions import care, roles
from accounts.models import Membership, TotpDevice
from core.errors import Refusal
from core.journal import JournalEntry
from core.messages.models import OutgoingMessage
from tests.accounts.door import (
    browser,
    code,
    is_inside,
    password,
    path_in_mail,
    told,
)
from tests.conftest import PASSWORD, Canton

As = Callable[[Membership], Client]


DEEDS = {
    "block": ("block/", {"blocked": "1"}),
    "sessions": ("sessions/", {}),
    "password": ("password/", {}),
    "factor": ("reset-factor/", {"identity_check": "vue"}),
    "role": ("roles/", {"role": "booking.commune"}),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_does_it_to_oneself(canton: Canton, as_: As, deed: str) -> None:
    user, (path, data) = canton.commune.user, DEEDS[deed]
    client = as_(canton.commune)
    client.post(f"/team/{user.pk}/{path}", data)
    assert client.get("/team/").status_code == 200
    assert TotpDevice.objects.filter(user=user).exists()
    assert told(user.email) <= {"factor_enrolled"}
    for row in ("take", "administrator"):
        client.post(f"/team/roles/{canton.commune.pk}/{row}/")
    canton.commune.refresh_from_db()
    assert canton.commune.administrator


def test_whoever_also_works_out_of_reach_is_not_looked_after(
    canton: Canton, colleague: Membership, operator: Membership
) -> None:
    roles.give(
        by=operator, user=colleague.user, role="booking.counsellor",
        organisation=canton.office.organisation,
    )  # fmt: skip
    for deed in (care.block, care.close_sessions, care.send_password_reset):
        with pytest.raises(Refusal):
            deed(by=canton.commune, user=colleague.user)
    with pytest.raises(Refusal):
        care.reset_lost_factor(
            by=canton.commune, user=colleague.user, identity_check="vue"
        )
    care.block(by=operator, user=colleague.user)
    assert not colleague.user.is_active


def test_an_administrator_sends_a_link_and_never_sees_it(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    client = as_(canton.commune)
    path = f"/team/{colleague.user_id}/password/"
    page = client.post(path, follow=True).text
    link = path_in_mail("accounts.password_reset")
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in page
    message = OutgoingMessage.objects.get(kind="accounts.password_reset")
    assert message.to == colleague.user.email
    for _ in range(5):
        client.post(path)
    assert OutgoingMessage.objects.filter(kind=message.kind).count() <= 4
    assert colleague.user.check_password(PASSWORD)


def test_closing_somebodys_sessions_is_felt_at_once_and_told(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    theirs = as_(colleague)
    assert is_inside(theirs)
    as_(canton.commune).post(f"/team/{colleague.user_id}/sessions/")
    assert not is_inside(theirs)
    assert "sessions_closed" in told(colleague.user.email)


def test_whoever_is_blocked_is_told_and_told_again(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    client = as_(canton.commune)
    path = f"/team/{colleague.user_id}/block/"
    client.post(path, {"blocked": "1"})
    assert password(browser(), "colleague") == 422
    client.post(path, {"blocked": "0"})
    back = browser()
    assert password(back, "colleague") == 302
    assert code(back, colleague.user) == 302
    assert told(colleague.user.email) >= {"blocked", "unblocked"}


def test_a_second_click_never_undoes_the_first(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    client, user = as_(canton.commune), colleague.user
    page = client.get(f"/team/{user.pk}/").text
    for name in ("blocked", "administrator"):
        assert f'name="{name}" value="1"' in page
    for path, name, field in (
        (f"/team/{user.pk}/block/", "blocked", "person.blocked"),
        (f"/team/roles/{colleague.pk}/administrator/", "administrator", "administrator.given"),
    ):  # fmt: skip
        for _click in range(2):
            client.post(path, {name: "1"})
        assert JournalEntry.objects.filter(action=field).count() == 1
    user.refresh_from_db()
    colleague.refresh_from_db()
    assert user.blocked_at
    assert colleague.administrator
    page = client.get(f"/team/{user.pk}/").text
    for name in ("blocked", "administrator"):
        assert f'name="{name}" value="0"' in page
    for _click in range(2):
        client.post(f"/team/{user.pk}/block/", {"blocked": "0"})
    assert JournalEntry.objects.filter(action="person.unblocked").count() == 1
    kinds = OutgoingMessage.objects.filter(to=user.email).values_list("kind", flat=True)
    assert sorted(kinds) == [
        "accounts.administrator_given", "accounts.blocked", "accounts.unblocked",
    ]  # fmt: skip
