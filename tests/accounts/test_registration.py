"""An account of one's own on the portal (CTR-024, TRUST §2.4.1, §2.5)."""

import pytest

from accounts.models import Invitation, Membership, User
from core.messages.models import OutgoingMessage
from tests.accounts.door import NEW_PASSWORD, browser, path_in_mail, plain
from tests.conftest import Canton

pytestmark = pytest.mark.django_db
NEW = "neu@post.example"


@pytest.mark.req("CTR-024")
def test_somebody_registers_and_is_in(canton: Canton) -> None:
    client = browser()
    assert "/register/" in client.get("/sign-in/").text
    client.post("/register/", {"email": NEW})
    assert not User.objects.filter(email=NEW).exists()
    client.get(path_in_mail("accounts.registration"))
    person = {"first_name": "Léa", "last_name": "Neu", "password": NEW_PASSWORD}
    wrong = client.post("/invitation/", {**person, "password": "kurz"})
    assert wrong.status_code == 422
    assert "Léa" in wrong.text
    assert client.post("/invitation/", person).status_code == 302
    membership = Membership.objects.get(user__email=NEW)
    assert membership.role == "counters.citizen"
    assert client.get("/counters/").status_code == 200
    again = browser()
    login = {"login": NEW, "password": NEW_PASSWORD, "stay": "0"}
    again.post("/sign-in/", login)
    assert again.get("/counters/").status_code == 200


@pytest.mark.req("CTR-024")
def test_known_and_unknown_addresses_get_the_same_answer(canton: Canton) -> None:
    known = canton.commune.user.email
    pages = {
        plain(browser().post("/register/", {"email": email}).text)
        for email in (known, NEW)
    }
    assert len(pages) == 1
    kinds = set(
        OutgoingMessage.objects.filter(to__in=(known, NEW)).values_list("to", "kind")
    )
    assert (known, "accounts.has_account") in kinds
    assert (NEW, "accounts.registration") in kinds


def test_nobodys_mailbox_is_bombed(canton: Canton) -> None:
    answers = [
        browser(f"10.0.0.{number}").post("/register/", {"email": NEW}).status_code
        for number in range(50)
    ]
    assert OutgoingMessage.objects.filter(to=NEW).count() <= 4
    assert 429 in answers


def test_a_program_that_fills_in_every_field_gets_nothing(canton: Canton) -> None:
    client = browser()
    client.post("/register/", {"email": NEW, "website": "https://x.example"})
    assert not Invitation.objects.exists()


def test_the_former_link_dies_with_a_new_one(canton: Canton) -> None:
    client = browser()
    client.post("/register/", {"email": NEW})
    former = path_in_mail("accounts.registration")
    client.post("/register/", {"email": NEW})
    other = browser()
    other.get(former)
    assert other.get("/invitation/").status_code == 410


def test_where_no_role_is_open_there_is_nothing_to_register_for(
    canton: Canton,
) -> None:
    canton.tenant.apps = ["booking"]
    canton.tenant.save()
    assert browser().get("/register/").status_code == 404
    assert "/register/" not in browser().get("/sign-in/").text
