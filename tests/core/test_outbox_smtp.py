"""Messages over a real SMTP server: sent once, failures visible (TRUST §3.2)."""

import datetime as dt
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller

from accounts import messages
from core.dates import now
from core.messages.models import MessageState, OutgoingMessage
from core.messages.outbox import resend, send_due
from tests.conftest import Canton
from tests.journeys.house import free_port


class Desk:
    """A real SMTP server that says what it is told to say."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.letters: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content))
        return self.answer


@pytest.fixture
def desk(settings: Any) -> Iterator[Desk]:
    handler = Desk()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield handler
    controller.stop()


def only() -> OutgoingMessage:
    return OutgoingMessage.objects.get(kind="accounts.password_reset")


def write(canton: Canton) -> OutgoingMessage:
    OutgoingMessage.objects.all().delete()
    messages.password_reset(canton.commune.user, token="secret-token")
    return only()


def test_sent_once_and_its_link_blanked(canton: Canton, desk: Desk) -> None:
    row = write(canton)
    assert (send_due(), send_due()) == (1, 0)
    letter = desk.letters[0]
    assert str(row.pk) in letter["Message-ID"]
    assert letter["Auto-Submitted"] == "auto-generated"
    text = next(p for p in letter.walk() if p.get_content_type() == "text/plain")
    assert b"secret-token" in text.get_payload(decode=True)
    assert (only().state, only().text, only().html) == (MessageState.SENT, "", "")


def test_refused_for_now_waits_and_is_tried_again(canton: Canton, desk: Desk) -> None:
    write(canton)
    desk.answer = "451 Later"
    send_due()
    assert only().state == MessageState.QUEUED
    assert send_due() == 0
    desk.answer = "250 OK"
    with time_machine.travel(now() + dt.timedelta(seconds=61), tick=False):
        assert send_due() == 1
    assert len(desk.letters) == 1


def test_refused_for_good_is_visible_and_may_be_sent_again(
    canton: Canton, desk: Desk
) -> None:
    write(canton)
    desk.answer = "550 No"
    send_due()
    assert (only().state, only().error) == (MessageState.FAILED, "SMTP 550")
    desk.answer = "250 OK"
    assert resend(OutgoingMessage.objects.all()) == 1
    assert send_due() == 1
    assert only().state == MessageState.SENT


def test_no_name_puts_a_line_into_the_head(canton: Canton, desk: Desk) -> None:
    canton.tenant.name = "Canton\r\nBcc: thief@example.org"
    canton.tenant.save()
    write(canton)
    send_due()
    assert all(letter["Bcc"] is None for letter in desk.letters)
