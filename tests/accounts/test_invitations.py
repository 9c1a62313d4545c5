"""Invitations: one address, one role, once, only through the whole door (TRUST §2.5 a-h)."""

import base64
import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django_otp.oath import totp

from accounts.actions import care, people
from accounts.models import Invitation, Membership, User
from core.dates import now
from tests.accounts.door import (
    NEW_PASSWORD,
    browser,
    code,
    is_inside,
    password,
    path_in_mail,
    plain,
)  # fmt: skip
from tests.conftest import Canton, make_canton, organisation, person
from tests.core.concurrently import at_once

As = Callable[[Membership], Client]
GUEST = "guest@commune.example"
ANSWERS = {"first_name": "G", "last_name": "G", "username": "guest"}


def invited(canton: Canton, email: str = GUEST) -> str:
    """The path of the link that this address gets."""
    people.invite(
        by=canton.commune, email=email, role="booking.commune",
        administrator=False, language="fr",
    )  # fmt: skip
    return path_in_mail("accounts.invitation")


def make_account(client: Client, link: str) -> None:
    """Follows the link up to the second factor, which is still to be set up."""
    client.get(link)
    answer = client.post("/invitation/", {**ANSWERS, "password": NEW_PASSWORD})
    assert answer.url == "/sign-in/second-factor/"


def set_up_factor(client: Client) -> int:
    """Confirms the seed that the page shows."""
    seed = client.get("/sign-in/second-factor/").context["seed"].replace(" ", "")
    raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
    data = {"code": f"{totp(raw):06d}"}
    return client.post("/sign-in/second-factor/", data).status_code


def roles_of(email: str) -> list[tuple[str, str]]:
    """Organisation and role of everybody with this address."""
    return sorted(
        Membership.objects.filter(user__email=email).values_list(
            "organisation__name", "role"
        )
    )


def test_the_link_leaves_the_address_at_once_and_looking_uses_nothing_up(
    canton: Canton,
) -> None:
    link = invited(canton)
    for _scan in range(3):
        client = browser()
        assert client.get(link).url == "/invitation/"
        assert client.get("/invitation/").status_code == 200
    assert len(link.rstrip("/").rpartition("/")[2]) >= 43  # 256 bits


def test_a_somebody_of_another_address_gets_no_role(canton: Canton, as_: As) -> None:
    client = as_(canton.other_commune)
    client.get(invited(canton))
    assert "notice-warn" in client.get("/invitation/").text
    client.post("/invitation/accept/")
    assert roles_of(canton.other_commune.user.email) == [
        ("other berne", "booking.commune")
    ]
    assert Invitation.objects.get().accepted_at is None


def test_b_somebody_of_another_tenant_gets_the_role_here_and_keeps_the_rest(
    canton: Canton,
) -> None:
    elsewhere = make_canton("zuerich")
    known = person(
        elsewhere.tenant, "guest", elsewhere.commune.organisation, "booking.commune"
    )
    User.objects.filter(pk=known.user_id).update(email=GUEST)
    client = browser()
    make_account(client, invited(canton))
    assert set_up_factor(client) == 200
    assert User.objects.filter(email=GUEST).count() == 2
    assert roles_of(GUEST) == [
        ("commune berne", "booking.commune"),
        ("commune zuerich", "booking.commune"),
    ]
    crossed = Membership.objects.exclude(user__tenant=canton.tenant)
    assert not crossed.filter(tenant=canton.tenant).exists()


def test_b_somebody_of_another_organisation_works_in_both(
    canton: Canton, as_: As
) -> None:
    client = as_(canton.other_commune)
    email = canton.other_commune.user.email
    client.get(invited(canton, email))
    assert client.post("/invitation/accept/").status_code == 302
    assert roles_of(email) == [
        ("commune berne", "booking.commune"),
        ("other berne", "booking.commune"),
    ]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_c_twenty_parallel_acceptances_are_one_membership(
    canton: Canton, as_: As
) -> None:
    client = as_(canton.other_commune)
    email = canton.other_commune.user.email
    client.get(invited(canton, email))

    def accept(number: int) -> int:
        one = browser()
        one.cookies = client.cookies
        return one.post("/invitation/accept/").status_code

    assert set(at_once(20, accept)) <= {302, 410}
    assert len(roles_of(email)) == 2
    assert Invitation.objects.get().accepted_at is not None


def _close_the_organisation(canton: Canton) -> None:
    canton.commune.organisation.active = False
    canton.commune.organisation.save()


DEATHS: dict[str, Callable[[Canton], object]] = {
    "d revoked": lambda canton: people.withdraw(
        by=canton.commune, invitation=Invitation.objects.get()
    ),
    "d used": lambda canton: Invitation.objects.update(accepted_at=now()),
    "d expired": lambda canton: Invitation.objects.update(expires_at=now()),
    "e invited again": invited,
    "g organisation closed": _close_the_organisation,
}


def page_of(link: str) -> tuple[int, str]:
    """What somebody new is shown who follows the link."""
    client = browser()
    client.get(link)
    answer = client.get("/invitation/")
    return answer.status_code, plain(answer.text)


@pytest.mark.parametrize("death", DEATHS)
def test_d_e_g_a_dead_link_is_dead_and_says_no_more_than_a_false_one(
    canton: Canton, death: str
) -> None:
    false = page_of("/invitation/link/nothing-at-all/")
    link = invited(canton)
    assert page_of(link)[0] == 200
    DEATHS[death](canton)
    assert page_of(link) == false
    assert page_of(link.replace("/link/", "/link/x")) == false
    assert false[0] == 410
    client = browser()
    client.get(link)
    client.post("/invitation/", {**ANSWERS, "password": NEW_PASSWORD})
    assert not User.objects.filter(email=GUEST).exists()


def test_d_a_link_is_good_for_seven_days(canton: Canton) -> None:
    link = invited(canton)
    for days, status in ((6.99, 200), (7.01, 410)):
        with time_machine.travel(now() + dt.timedelta(days=days), tick=False):
            assert page_of(link)[0] == status


def test_d_another_tenants_link_is_no_link_here(canton: Canton) -> None:
    false = page_of("/invitation/link/nothing-at-all/")
    assert page_of(invited(make_canton("zuerich"))) == false


@pytest.mark.parametrize(
    "role", ["accounts.operator", "booking.office_admin", "booking.counsellor", "x"]
)
def test_f_nobody_invites_into_a_role_that_is_not_theirs_to_give(
    canton: Canton, as_: As, role: str
) -> None:
    wanted = {"email": GUEST, "role": role, "language": "fr"}
    answer = as_(canton.commune).post("/team/invite/", wanted)
    assert answer.status_code == 403
    assert not Invitation.objects.exists()


def test_f_role_and_organisation_are_read_from_the_row(canton: Canton) -> None:
    office = organisation(canton.tenant, "Haut lieu")
    client = browser()
    client.get(f"{invited(canton)}?role=accounts.operator&organisation={office.pk}")
    forged = {
        "role": "accounts.operator", "administrator": "1", "tenant": "x",
        "organisation": str(office.pk), "email": "other@x.example",
    }  # fmt: skip
    client.post("/invitation/", {**ANSWERS, **forged, "password": NEW_PASSWORD})
    assert set_up_factor(client) == 200
    membership = Membership.objects.get(user__email=GUEST)
    assert membership.role == "booking.commune"
    assert membership.organisation == canton.commune.organisation
    assert not membership.administrator


@pytest.mark.parametrize("death", ["d revoked", "g organisation closed"])
def test_g_withdrawn_before_the_second_factor_stands_gives_no_role(
    canton: Canton, death: str
) -> None:
    client = browser()
    make_account(client, invited(canton))
    DEATHS[death](canton)
    assert set_up_factor(client) == 200
    assert roles_of(GUEST) == []
    assert client.get("/booking/dates/").status_code == 403


def test_g_somebody_blocked_before_accepting_gets_no_role(
    canton: Canton, as_: As
) -> None:
    colleague = person(
        canton.tenant, "colleague", canton.commune.organisation, "booking.commune"
    )
    client = as_(colleague)
    client.get(invited(canton, colleague.user.email))
    Invitation.objects.update(organisation=canton.other_commune.organisation)
    care.block(by=canton.commune, user=colleague.user)
    assert client.post("/invitation/accept/").url.startswith("/sign-in/")
    with pytest.raises(people.InvitationGone):
        people.accept(invitation=Invitation.objects.get(), user=colleague.user)
    assert len(roles_of(colleague.user.email)) == 1


def test_h_the_role_comes_after_password_and_second_factor(canton: Canton) -> None:
    client = browser()
    make_account(client, invited(canton))
    assert roles_of(GUEST) == []
    assert client.post("/invitation/accept/").url.startswith("/sign-in/")
    client.post("/sign-in/second-factor/", {"code": "000000"})
    assert not is_inside(client)
    assert roles_of(GUEST) == []
    assert set_up_factor(client) == 200
    assert roles_of(GUEST) == [("commune berne", "booking.commune")]
    assert client.get("/booking/dates/").status_code == 200


def test_h_an_account_that_is_known_accepts_after_its_second_factor(
    canton: Canton,
) -> None:
    user = canton.other_commune.user
    link = invited(canton, user.email)
    client = browser()
    password(client, "other")
    client.get(link)
    client.post("/invitation/accept/")
    assert len(roles_of(user.email)) == 1
    assert code(client, user) == 302
    client.get(link)
    client.post("/invitation/accept/")
    assert len(roles_of(user.email)) == 2
