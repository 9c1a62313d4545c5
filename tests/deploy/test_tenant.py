"""A first tenant by one command; run again it changes nothing (DESIGN §4)."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.access import OPERATOR
from accounts.models import Invitation, Membership, Organisation, Tenant
from core.dates import now
from core.journal import JournalEntry
from core.messages.models import OutgoingMessage
from tests.accounts.door import browser, path_in_mail
from tests.accounts.test_invitations import make_account, set_up_factor
from tests.core.concurrently import at_once

GOOD = {
    "host": "Termine.example.ch",
    "name": "Canton de Berne",
    "name_de": "Kanton Bern",
    "office": "Office de l’intégration",
    "office_de": "Amt für Integration",
    "canton": "vd",
    "apps": "booking,counters",
    "operator": "operator@be.example",
}
pytestmark = pytest.mark.django_db


def tenant(slug: str = "be", **changes: str) -> str:
    out = StringIO()
    call_command("tenant", slug, stdout=out, **{**GOOD, **changes})
    return out.getvalue()


def test_the_operator_comes_from_the_mail_to_the_records() -> None:
    told = tenant(host="be.localhost")
    assert "The tenant be is made" in told
    assert "operator@be.example gets an invitation by e-mail" in told
    client = browser(tenant="be")
    make_account(client, path_in_mail("accounts.invitation"))
    set_up_factor(client)
    membership = Membership.objects.get()
    assert (membership.role, membership.administrator) == (OPERATOR, True)
    for path in ("/team/", "/booking/records/", "/counters/records/"):
        assert client.get(path, follow=True).status_code == 200, path
    assert client.get("/counters/records/", follow=True).wsgi_request.tenant.office == (
        "Office de l’intégration"
    )
    assert "is its operator already" in tenant(host="be.localhost")


def test_what_was_said_stands() -> None:
    tenant()
    made = Tenant.objects.get()
    assert [row.host for row in made.hosts.all()] == ["termine.example.ch"]
    assert (made.name_fr, made.name_de) == ("Canton de Berne", "Kanton Bern")
    assert made.canton == "VD"
    assert made.tool_title_de == "Reservationen"
    assert Organisation.objects.get().name == "Office de l’intégration"
    assert JournalEntry.objects.filter(action="tenant.founded").count() == 1


def test_twice_is_once_and_a_lapsed_invitation_is_renewed() -> None:
    tenant()
    assert "nothing of it was changed" in tenant(name="Another name")
    assert Tenant.objects.get().name_fr == "Canton de Berne"
    assert OutgoingMessage.objects.count() == 1
    later = now() + dt.timedelta(days=8)
    with time_machine.travel(later, tick=True):
        assert "gets an invitation" in tenant()
    assert OutgoingMessage.objects.count() == 2
    assert Invitation.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "no slug!"}, "“no slug!” is no short name"),
        ({"host": "https://x.ch"}, "is no host name"),
        ({"host": "x..ch"}, "is no host name"),
        ({"languages": "fr,rm"}, "Languages are de, fr."),
        ({"languages": ""}, "Languages are de, fr."),
        ({"canton": "XX"}, "Cantons are AG, AI"),
        ({"apps": "taxes"}, "Apps are booking, counters."),
        ({"operator": "nobody"}, "“nobody” is no e-mail address."),
        ({"operator_language": "it"}, "The operator's language is one of"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    changes: dict[str, str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        tenant(**{"slug": "be", **changes})
    assert not Tenant.objects.exists()


def test_what_is_taken_is_refused_and_left_as_it_is() -> None:
    tenant()
    with pytest.raises(CommandError, match=r"exists already, at termine.example.ch"):
        tenant(host="elsewhere.example.ch")
    with pytest.raises(CommandError, match="leads to the tenant be already"):
        tenant("zh")
    assert [row.slug for row in Tenant.objects.all()] == ["be"]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one() -> None:
    for outcome in at_once(4, lambda number: tenant()):
        assert isinstance(outcome, str), outcome
    assert Tenant.objects.count() == 1
    assert OutgoingMessage.objects.count() == 1
