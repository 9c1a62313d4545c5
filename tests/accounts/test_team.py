"""An organisation's people, as its administrators and the operator look after them."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import care, people, roles
from accounts.actions.erasure import erase
from accounts.limits import FRESH_FOR
from accounts.models import Invitation, Membership, TotpDevice, User
from accounts.team_forms import PeopleForm
from core.dates import now
from core.errors import Refusal
from core.journal import ACTS, JournalEntry
from core.messages.models import OutgoingMessage
from tests.accounts.door import browser, code, is_inside, password, path_in_mail
from tests.conftest import PASSWORD, Canton, code_of, organisation, person
from tests.core.concurrently import at_once

As = Callable[[Membership], Client]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def colleague(canton: Canton) -> Membership:
    return person(
        canton.tenant, "colleague", canton.commune.organisation, "booking.commune"
    )


@pytest.fixture
def operator(canton: Canton) -> Membership:
    works = organisation(canton.tenant, "Direction")
    return person(canton.tenant, "op", works, "accounts.operator", administrator=True)


def told(user: User) -> set[str]:
    """The kinds of messages that went to this person."""
    sent = OutgoingMessage.objects.filter(to=user.email)
    return {kind.partition(".")[2] for kind in sent.values_list("kind", flat=True)}


def test_the_list_says_who_is_where(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    invite(canton.commune, "guest@x.example")
    care.block(by=canton.commune, user=colleague.user)
    page = as_(canton.commune).get("/team/").text
    for words in ("Colleague", "Bloqué", "guest@x.example", "Configuré"):
        assert words in page
    assert "Other" not in page  # another organisation's


def invite(by: Membership, email: str, **more: object) -> Invitation:
    wanted = {"role": "booking.commune", "administrator": False, "language": "fr"}
    return people.invite(by=by, email=email, **{**wanted, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("q=colle", True),
        ("q=other", False),
        ("state=blocked", False),
        ("state=new", True),
        ("role=booking.commune", True),
        ("role=nonsense", True),  # nonsense narrows nothing
        ("q=%00", True),
        ("page=x", True),
    ],
)
def test_the_list_can_be_narrowed(
    canton: Canton, as_: As, colleague: Membership, query: str, there: bool
) -> None:
    answer = as_(canton.commune).get(f"/team/?{query}")
    assert answer.status_code == 200
    assert (str(colleague.user_id) in answer.text) is there


def test_an_operator_finds_the_people_of_every_organisation_by_it(
    canton: Canton, as_: As, operator: Membership
) -> None:
    client = as_(operator)
    assert str(canton.other_commune.user_id) in client.get("/team/").text
    place = canton.commune.organisation_id
    page = client.get(f"/team/?organisation={place}").text
    assert str(canton.commune.user_id) in page
    assert str(canton.other_commune.user_id) not in page


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
    assert told(user) <= {"factor_enrolled"}
    for row in ("take", "administrator"):
        client.post(f"/team/roles/{canton.commune.pk}/{row}/")
    canton.commune.refresh_from_db()
    assert canton.commune.administrator


def test_one_never_raises_oneself_by_an_invitation(
    canton: Canton, operator: Membership
) -> None:
    with pytest.raises(Refusal):
        invite(operator, operator.user.email, organisation=canton.office.organisation)
    row = invite(operator, "alias@x.example", organisation=canton.office.organisation)
    people.update_profile(user=operator.user, email="alias@x.example", language="fr")
    with pytest.raises(people.InvitationGone):
        people.accept(invitation=row, user=operator.user)


@pytest.mark.parametrize("role", ["accounts.operator", "booking.office_admin", "x"])
def test_only_roles_of_ones_own_are_given(
    canton: Canton, as_: As, colleague: Membership, role: str
) -> None:
    path = f"/team/{colleague.user_id}/roles/"
    assert as_(canton.commune).post(path, {"role": role}).status_code == 422
    with pytest.raises(roles.NotYours):
        roles.give(
            by=canton.commune, user=colleague.user, role=role,
            organisation=colleague.organisation,
        )  # fmt: skip
    assert colleague.user.memberships.count() == 1


def test_a_plain_operator_makes_no_operators(
    canton: Canton, operator: Membership
) -> None:
    plain = person(canton.tenant, "plain", operator.organisation, "accounts.operator")
    for by, may in ((operator, True), (plain, False)):
        given = {
            "by": by, "user": canton.other_commune.user, "role": "accounts.operator",
            "organisation": canton.other_commune.organisation,
        }  # fmt: skip
        if may:
            roles.take(by=operator, row=roles.give(**given))
        else:
            with pytest.raises(roles.NotYours):
                roles.give(**given)
    with pytest.raises(Refusal):
        care.block(by=plain, user=operator.user)


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


def test_roles_and_the_mark_are_given_and_taken_and_told(
    canton: Canton, as_: As, operator: Membership
) -> None:
    client, user = as_(operator), canton.other_commune.user
    place = canton.other_commune.organisation_id
    given = {"role": "booking.counsellor", "organisation": place}
    assert client.post(f"/team/{user.pk}/roles/", given).status_code == 302
    assert client.post(f"/team/{user.pk}/roles/", given).status_code == 422  # has it
    row = user.memberships.get(role="booking.counsellor")
    client.post(f"/team/roles/{row.pk}/administrator/", {"administrator": "1"})
    assert user.memberships.filter(administrator=True).count() == 2  # there, in all
    other = person(
        canton.tenant, "third", row.organisation, "booking.commune", administrator=True
    )
    client.post(f"/team/roles/{row.pk}/administrator/", {"administrator": "0"})
    assert not user.memberships.filter(administrator=True).exists()
    client.post(f"/team/roles/{row.pk}/take/")
    assert not user.memberships.filter(role="booking.counsellor").exists()
    assert told(user) >= {
        "role_given", "role_taken", "administrator_given", "administrator_taken",
    }  # fmt: skip
    assert other.organisation.memberships.filter(administrator=True).count() == 1
    acts = JournalEntry.objects.filter(actor_id=operator.user_id, subject_id=user.pk)
    done = set(acts.values_list("action", flat=True))
    assert done >= {
        "role.given", "role.taken", "administrator.given", "administrator.taken",
    }  # fmt: skip
    assert done <= ACTS.keys()  # the journal has words for them


SENTENCE = "garde toujours"


@pytest.mark.parametrize("way", ["take", "administrator"])
def test_the_last_administrator_stays_and_a_sentence_says_so(
    canton: Canton, as_: As, operator: Membership, way: str
) -> None:
    client = as_(operator)
    data = {"administrator": "0"}
    answer = client.post(f"/team/roles/{canton.commune.pk}/{way}/", data, follow=True)
    assert SENTENCE in answer.text
    canton.commune.refresh_from_db()
    assert canton.commune.administrator
    assert told(canton.commune.user) <= {"factor_enrolled"}


def test_the_last_administrator_is_not_blocked(
    canton: Canton, as_: As, operator: Membership
) -> None:
    path = f"/team/{canton.commune.user_id}/block/"
    client = as_(operator)
    assert SENTENCE in client.post(path, {"blocked": "1"}, follow=True).text
    person(
        canton.tenant, "second", canton.commune.organisation, "booking.commune",
        administrator=True,
    )  # fmt: skip
    assert SENTENCE not in client.post(path, {"blocked": "1"}, follow=True).text
    canton.commune.user.refresh_from_db()
    assert canton.commune.user.blocked_at


def test_the_database_itself_refuses(canton: Canton) -> None:
    row = canton.commune
    for way in (
        lambda: Membership.objects.filter(pk=row.pk).update(administrator=False),
        lambda: Membership.objects.filter(pk=row.pk).delete(),
        lambda: Membership.objects.filter(pk=row.pk).update(
            organisation=canton.other_commune.organisation
        ),
        lambda: User.objects.filter(pk=row.user_id).update(blocked_at=now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            way()


@pytest.mark.concurrency
@pytest.mark.parametrize("way", ["mark", "take", "block"])
@pytest.mark.django_db(transaction=True)
def test_two_who_remove_each_other_at_once_leave_one(canton: Canton, way: str) -> None:
    both = [
        canton.commune,
        person(
            canton.tenant, "second", canton.commune.organisation, "booking.commune",
            administrator=True,
        ),
    ]  # fmt: skip

    def act(number: int) -> None:
        by, other = both[number], both[1 - number]
        if way == "mark":
            roles.mark_administrator(by=by, row=other, administrator=False)
        elif way == "take":
            roles.take(by=by, row=other)
        else:
            care.block(by=by, user=other.user)

    results = at_once(2, act)
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, Refusal) for result in results) == 1
    left = Membership.objects.filter(
        organisation=canton.commune.organisation, administrator=True,
        user__blocked_at=None,
    )  # fmt: skip
    assert left.count() == 1


def test_renewing_kills_the_former_link(canton: Canton, as_: As) -> None:
    row = invite(canton.commune, "guest@x.example", administrator=True)
    former = path_in_mail("accounts.invitation")
    as_(canton.commune).post(f"/team/invitations/{row.pk}/renew/")
    newer = path_in_mail("accounts.invitation")
    for link, status in ((former, 410), (newer, 200)):
        client = browser()
        client.get(link)
        assert client.get("/invitation/").status_code == status
    left = Invitation.objects.get(revoked_at=None)
    assert (left.email, left.administrator) == ("guest@x.example", True)


def test_an_operator_invites_into_any_organisation(
    canton: Canton, as_: As, operator: Membership
) -> None:
    place = canton.office.organisation_id
    wanted = {
        "email": "chief@x.example", "role": "booking.office_admin", "language": "de",
        "organisation": place, "administrator": "1",
    }  # fmt: skip
    assert as_(operator).post("/team/invite/", wanted).status_code == 302
    row = Invitation.objects.get()
    assert (row.organisation_id, row.administrator) == (place, True)
    elsewhere = {**wanted, "organisation": canton.commune.organisation_id}
    as_(canton.commune).post("/team/invite/", {**elsewhere, "role": "booking.commune"})
    mine = Invitation.objects.exclude(pk=row.pk).get()
    assert mine.organisation_id == canton.commune.organisation_id


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
    assert "sessions_closed" in told(colleague.user)


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
    assert told(colleague.user) >= {"blocked", "unblocked"}


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


def test_renewing_an_administrators_invitation_asks_for_a_fresh_code(
    canton: Canton, as_: As
) -> None:
    chief = invite(canton.commune, "chief@x.example", administrator=True)
    plain = invite(canton.commune, "plain@x.example")
    client = as_(canton.commune)
    with time_machine.travel(now() + FRESH_FOR + MINUTE, tick=False):
        client.post(f"/team/invitations/{plain.pk}/renew/")
        prove = client.post(f"/team/invitations/{chief.pk}/renew/").url
        assert prove == "/account/prove/?next=%2Fteam%2F"
        left = Invitation.objects.filter(revoked_at=None, accepted_at=None)
        assert chief in left
        assert plain not in left
        client.post(prove, {"code": code_of(canton.commune.user)})
        client.post(f"/team/invitations/{chief.pk}/renew/")
        assert chief not in left.all()


def test_who_was_erased_is_not_in_the_list(
    canton: Canton, as_: As, operator: Membership, colleague: Membership
) -> None:
    gone = colleague.user
    erase(canton.tenant, User, [gone.pk])
    client = as_(operator)
    assert str(gone.pk) not in client.get("/team/").text
    assert client.get(f"/team/{gone.pk}/").status_code == 404


def test_the_roles_to_choose_from_come_once_from_the_database(
    canton: Canton, colleague: Membership
) -> None:
    with CaptureQueriesContext(connection) as queries:
        form = PeopleForm(by=canton.commune)
    assert [key for key, _label in form.fields["role"].choices] == [
        "", "booking.commune",
    ]  # fmt: skip
    assert any("SELECT DISTINCT" in one["sql"] for one in queries)


def test_a_role_withdrawn_leaves_the_list(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    client = as_(canton.commune)
    answer = client.post(f"/team/roles/{colleague.pk}/take/")
    assert answer.url == "/team/"
    assert client.get(f"/team/{colleague.user_id}/").status_code == 404


def test_making_administrators_asks_for_a_fresh_code(
    canton: Canton, as_: As, colleague: Membership
) -> None:
    client = as_(canton.commune)
    wanted = {
        "email": "chief@x.example", "role": "booking.commune", "language": "fr",
        "administrator": "1",
    }  # fmt: skip
    path = f"/team/roles/{colleague.pk}/administrator/"
    made = {"administrator": "1"}
    with time_machine.travel(now() + FRESH_FOR + MINUTE, tick=False):
        answer = client.post("/team/invite/", wanted)
        assert answer.status_code == 422
        assert wanted["email"] in answer.text
        plain = {**wanted, "administrator": "0"}
        assert client.post("/team/invite/", plain).status_code == 302
        prove = client.post(path, made).url
        assert prove.startswith("/account/prove/?next=%2Fteam%2F")
        colleague.refresh_from_db()
        assert not colleague.administrator
        assert client.post(prove, {"code": "000000"}).status_code == 422
        shown = code_of(canton.commune.user)
        assert client.post(prove, {"code": shown}).url == (
            f"/team/{colleague.user_id}/"
        )
        client.post(path, made)
        colleague.refresh_from_db()
        assert colleague.administrator
        assert client.post("/team/invite/", wanted).status_code == 302
