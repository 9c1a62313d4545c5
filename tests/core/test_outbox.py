"""Messages are rows first, each once, in the recipient's language (DESIGN §6, TRUST §3.2)."""

import datetime as dt
import smtplib
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from accounts.models import Tenant
from config.celery import app
from core import tasks
from core.dates import now
from core.messages import outbox, sms
from core.messages.models import MessageState, OutgoingMessage
from core.messages.outbox import queue, resend, send_due

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


@pytest.fixture(autouse=True)
def _own_templates(settings: Any) -> None:
    own = Path(__file__).parent / "templates"
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**first, "DIRS": [own, *first["DIRS"]]}]
    settings.EMAIL_BACKEND = "tests.core.test_outbox.ServerOfTheTest"


@pytest.fixture
def tenant(db: None) -> Tenant:
    return Tenant.objects.create(slug="berne", name="Canton de Berne", office="Office")


class ServerOfTheTest(EmailBackend):
    """Takes everything, unless the test says what it answers."""

    answers: list[Exception] = []

    def send_messages(self, messages: Any) -> int:
        if self.answers:
            raise self.answers.pop(0)
        return super().send_messages(messages)


@pytest.fixture
def server() -> Any:
    ServerOfTheTest.answers = []
    return ServerOfTheTest


def say(tenant: Tenant, key: str = "one", **extra: Any) -> OutgoingMessage:
    return queue(
        **{
            "tenant": tenant,
            "kind": "test",
            "dedupe_key": key,
            "to": "selam@example.org",
            "language": "fr",
            "template": "message",
            "context": {"name": "Selam & <Tesfay>"},
            **extra,
        }
    )


def test_it_is_written_in_the_recipients_language(tenant: Tenant) -> None:
    assert say(tenant, "fr").subject == "Français\u00a0: Selam & <Tesfay>"
    assert say(tenant, "de", language="de").subject == "Deutsch: Selam & <Tesfay>"


def test_the_text_is_plain_and_the_page_is_escaped(tenant: Tenant) -> None:
    message = say(tenant)
    assert "Bonjour Selam & <Tesfay>, l'entretien" in message.text
    assert "Selam &amp; &lt;Tesfay&gt;" in message.html
    assert "message" not in message.text.partition("\n")[0]


def test_one_key_is_one_message_in_each_tenant(tenant: Tenant) -> None:
    assert say(tenant) == say(tenant)
    other = Tenant.objects.create(slug="other", name="Other", office="Office")
    assert say(other) != say(tenant)


def test_it_goes_with_the_fact_that_fails(tenant: Tenant) -> None:
    def fail_after_queueing() -> None:
        with transaction.atomic():
            say(tenant)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_queueing()
    assert not OutgoingMessage.objects.exists()


def test_what_arrives(tenant: Tenant, server: Any) -> None:
    message = say(tenant, calendar=CALENDAR, calendar_method="REQUEST")
    assert send_due() == 1
    letter = mail.outbox[0].message()
    assert letter["Message-ID"] == f"<{message.pk}@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "fr"
    assert letter["From"] == "Canton de Berne <perron@localhost>"
    kinds = [part.get_content_type() for part in letter.walk()]
    assert {"text/plain", "text/html", "text/calendar"} <= set(kinds)
    entry = next(p for p in letter.walk() if p.get_content_type() == "text/calendar")
    assert entry.get_param("method") == "REQUEST"
    assert entry.get_payload(decode=True).decode() == CALENDAR
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 1)
    assert message.sent_at is not None


def test_what_is_sent_is_not_sent_again(tenant: Tenant, server: Any) -> None:
    say(tenant)
    send_due()
    say(tenant)
    assert send_due() == 0


@pytest.mark.parametrize("sensitive", [True, False])
def test_a_body_with_a_secret_link_is_blanked_once_sent(
    tenant: Tenant, server: Any, sensitive: bool
) -> None:
    message = say(tenant, sensitive=sensitive)
    send_due()
    message.refresh_from_db()
    assert bool(message.text) is bool(message.html) is not sensitive
    assert "Bonjour" in mail.outbox[0].body


@pytest.mark.parametrize("name", ["Berne\r\nBcc: a@example.org", "Berne\nBcc: b"])
def test_a_name_writes_no_header(tenant: Tenant, server: Any, name: str) -> None:
    tenant.name = name
    tenant.save()
    say(tenant)
    send_due()
    letter = mail.outbox[0].message()
    assert letter["Bcc"] is None
    assert "\n" not in letter["From"]


def test_a_subject_and_an_address_write_no_header(tenant: Tenant, server: Any) -> None:
    say(tenant, context={"name": "Selam\r\nBcc: a@example.org"})
    bad = say(tenant, "two", to="selam@example.org\r\nBcc: a@example.org")
    send_due()
    assert [letter.message()["Bcc"] for letter in mail.outbox] == [None]
    bad.refresh_from_db()
    assert bad.state == MessageState.FAILED


def recipients_refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"selam@example.org": (code, b"no")})


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (recipients_refused(451), MessageState.QUEUED),
        (recipients_refused(550), MessageState.FAILED),
        (smtplib.SMTPDataError(452, b"full"), MessageState.QUEUED),
        (smtplib.SMTPDataError(554, b"spam"), MessageState.FAILED),
        (smtplib.SMTPServerDisconnected("gone"), MessageState.QUEUED),
        (ConnectionRefusedError(), MessageState.QUEUED),
        (TimeoutError(), MessageState.QUEUED),
        # Our own password is wrong: no message may pay for that.
        (smtplib.SMTPAuthenticationError(535, b"who?"), MessageState.QUEUED),
        (smtplib.SMTPConnectError(554, b"busy"), MessageState.QUEUED),
    ],
)
def test_what_the_server_answers_decides(
    tenant: Tenant, server: Any, answer: Exception, state: str
) -> None:
    message = say(tenant)
    server.answers = [answer]
    send_due()
    message.refresh_from_db()
    assert (message.state, message.attempts) == (state, 1)
    assert message.error
    assert (message.next_at > now()) is (state == MessageState.QUEUED)


def test_it_is_tried_for_nearly_two_days_then_failed(
    tenant: Tenant, server: Any
) -> None:
    message, begun, waits = say(tenant), now(), []
    with time_machine.travel(begun, tick=False) as clock:
        while message.state == MessageState.QUEUED:
            server.answers = [recipients_refused(451)]
            send_due()
            message.refresh_from_db()
            waits.append((message.next_at - now()).total_seconds() / 60)
            clock.move_to(max(message.next_at, now()))
        tried_for = now() - begun
    assert waits[:4] == [1, 5, 15, 60]
    assert dt.timedelta(hours=36) < tried_for <= dt.timedelta(hours=48)
    assert message.state == MessageState.FAILED


def test_a_failed_one_is_sent_again_on_demand(tenant: Tenant, server: Any) -> None:
    message = say(tenant)
    server.answers = [recipients_refused(550)]
    send_due()
    assert resend(OutgoingMessage.objects.all()) == 1
    assert send_due() == 1
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert resend(OutgoingMessage.objects.all()) == 0
    assert send_due() == 0


def test_a_dead_wire_costs_one_message_one_try(tenant: Tenant, server: Any) -> None:
    for number in range(5):
        say(tenant, str(number))
    server.answers = [ConnectionRefusedError()] * 5
    assert send_due() == 1
    tries = OutgoingMessage.objects.values_list("attempts", flat=True)
    assert sorted(tries) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("fault", [KeyError("ours"), recipients_refused(550)])
def test_one_that_cannot_be_sent_blocks_nobody(
    tenant: Tenant, server: Any, fault: Exception
) -> None:
    say(tenant, "first")
    say(tenant, "second")
    server.answers = [fault]
    send_due()
    assert len(mail.outbox) == 1


def test_a_batch_ends_before_the_time_limit(
    tenant: Tenant, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.conf.task_soft_time_limit > outbox.BATCH_SECONDS + 5 * 10
    monkeypatch.setattr(outbox, "BATCH_SECONDS", 0)
    say(tenant)
    assert send_due() == 0


def test_the_time_limits_are_shorter_than_the_brokers_patience() -> None:
    options = app.conf.broker_transport_options
    assert app.conf.task_time_limit < options["visibility_timeout"]
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


@pytest.mark.django_db(transaction=True)
def test_the_sender_is_woken_after_the_commit_only(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(
        tasks, "wake", lambda task: woken.append(OutgoingMessage.objects.count())
    )
    with transaction.atomic():
        say(tenant)
        assert woken == []
    assert woken == [1]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_nobody_notices(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def no_broker(**_: Any) -> None:
        tried.append(1)
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.send_messages, "apply_async", no_broker)
    monkeypatch.setattr(tasks, "_quiet_until", 0.0)
    for number in range(20):
        say(tenant, str(number))
    assert OutgoingMessage.objects.count() == 20
    assert tried == [1]  # and then nobody waits for it for ten seconds


def test_an_sms_is_the_text_alone(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(sms, "send", lambda number, text: sent.append((number, text)))
    message = say(tenant, channel="sms", to="+41325550140")
    send_due()
    assert message.html == ""
    assert sent == [("+41325550140", message.text)]


@pytest.mark.parametrize(("permanent", "state"), [(True, "failed"), (False, "queued")])
def test_the_gateways_refusal_is_kept(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, permanent: bool, state: str
) -> None:
    def refuse(number: str, text: str) -> None:
        raise sms.GatewayError("HTTP 400", permanent=permanent)

    monkeypatch.setattr(sms, "send", refuse)
    message = say(tenant, channel="sms", to="+41325550140")
    send_due()
    message.refresh_from_db()
    assert (message.state, message.error) == (state, "HTTP 400")
