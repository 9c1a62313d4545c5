"""Messages as the operator sees them: states, reasons, no secrets, « Renvoyer »."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import outbox
from accounts.actions.people import invite
from accounts.models import Membership
from core.dates import now
from core.journal import JournalEntry
from core.messages.models import MessageState, OutgoingMessage
from tests.accounts.test_administration import operator
from tests.accounts.test_dump import link_of
from tests.conftest import Canton, make_canton

__all__ = ["operator"]
Signed = Callable[[Membership], Client]
PAGE = "/administration/messages/"


def message(canton: Canton, key: str, **facts: Any) -> OutgoingMessage:
    given = {
        "tenant": canton.tenant, "kind": "x", "dedupe_key": key, "to": f"{key}@x.example",
        "language": "fr", "subject": f"Objet {key}", "text": f"Texte {key}",
        "next_at": now(),
    }  # fmt: skip
    return OutgoingMessage.objects.create(**{**given, **facts})


@pytest.fixture
def three(canton: Canton) -> dict[str, OutgoingMessage]:
    errors = {"failed": "SMTP [550]"}
    return {
        state: message(canton, state, state=state, error=errors.get(state, ""))
        for state in MessageState.values
    }


def test_they_are_listed_by_state_and_by_address(
    three: dict[str, OutgoingMessage],
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    message(make_canton("zuerich"), "elsewhere")
    client = as_(operator)
    every = client.get(PAGE).text
    assert all(row.to in every for row in three.values())
    assert "elsewhere" not in every
    failed = client.get(f"{PAGE}?state=failed").text
    assert "failed@x.example" in failed
    assert "sent@x.example" not in failed
    assert "SMTP [550]" in failed
    assert "queued@x" in client.get(f"{PAGE}?q=QUEUED@").text
    assert "Aucun message" in client.get(f"{PAGE}?q=nobody").text
    assert client.get(f"{PAGE}?state=nonsense&q=%00&page=x").status_code == 200


def test_a_link_that_lets_somebody_in_is_never_shown(
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    invite(
        by=canton.commune, email="neu@x.example", role="booking.commune",
        administrator=False, language="fr",
    )  # fmt: skip
    token = link_of("accounts.invitation")
    row = OutgoingMessage.objects.get(kind="accounts.invitation")
    assert token in row.text
    page = as_(operator).get(f"{PAGE}{row.pk}/").text
    assert token not in page
    assert "/invitation/link/•••••" in page
    assert "berne.localhost" in page
    assert JournalEntry.objects.get(action="message.read").subject_id == row.pk


def test_what_was_blanked_says_so(
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    row = message(canton, "blank", state="sent", text="", sent_at=now(), sensitive=True)
    assert "effacé à l’envoi" in as_(operator).get(f"{PAGE}{row.pk}/").text


def test_a_failed_one_is_sent_again(
    three: dict[str, OutgoingMessage],
    operator: Membership,
    as_: Signed,
) -> None:
    client = as_(operator)
    client.post(f"{PAGE}{three['failed'].pk}/again/")
    row = OutgoingMessage.objects.get(pk=three["failed"].pk)
    assert (row.state, row.attempts, row.error) == (MessageState.QUEUED, 0, "")
    page = client.post(f"{PAGE}{three['sent'].pk}/again/", follow=True)
    assert "pas échoué" in page.text
    assert JournalEntry.objects.filter(action="message.resent").count() == 1


def test_all_failed_ones_are_sent_again(
    three: dict[str, OutgoingMessage],
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    elsewhere = message(make_canton("zuerich"), "elsewhere", state="failed")
    message(canton, "second", state="failed", error="HTTP 500")
    client = as_(operator)
    assert "2 messages repartent" in client.post(f"{PAGE}again/", follow=True).text
    own = OutgoingMessage.objects.filter(tenant=canton.tenant)
    assert not own.filter(state=MessageState.FAILED).exists()
    elsewhere.refresh_from_db()
    assert elsewhere.state == MessageState.FAILED
    assert JournalEntry.objects.get(action="message.resent").detail == {"number": 2}


@pytest.mark.django_db
def test_all_are_sent_again_in_one_go_and_the_sender_is_woken_once(
    canton: Canton,
    operator: Membership,
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked = []
    for number in (1, 3):
        for one in range(number):
            message(canton, f"{number}-{one}", state="failed")
        with (
            CaptureQueriesContext(connection) as queries,
            django_capture_on_commit_callbacks() as woken,
        ):
            assert outbox.resend_all(by=operator) == number
        asked.append(len(queries))
        assert len(woken) == 1
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("SMTP [550]", "refusé"),
        ("HTTP 500", "passerelle SMS"),
        ("ConnectionRefusedError", "pas répondu"),
        ("ValueError: header", "tel quel"),
    ],
)
def test_the_reason_is_said_in_words(
    error: str,
    words: str,
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    row = message(canton, "m", state="failed", error=error)
    assert words in as_(operator).get(f"{PAGE}{row.pk}/").text
