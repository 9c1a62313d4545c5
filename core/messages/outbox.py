"""Writing messages and sending them: nothing is lost, duplicates ≤ kills (TRUST §3.2)."""

import datetime as dt
import re
import time
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from core.dates import now
from core.messages import transport
from core.messages.models import MessageState, OutgoingMessage

log = structlog.get_logger(__name__)

# What becomes one space in a subject: also line breaks, but not French fixed spaces.
SPACES = re.compile(r"[^\S\u00a0\u202f]+")
# A worker that is asked to stop ends its batch first: with the mail server's ten seconds
# that is less than the thirty after which it would be killed in mid-send.
BATCH_SECONDS = 15
BACK_OFF = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]


def queue(
    *,
    tenant: Any,
    kind: str,
    dedupe_key: str,
    to: str,
    language: str,
    template: str,
    context: dict[str, Any],
    channel: str = "email",
    calendar: str = "",
    calendar_method: str = "",
    sensitive: bool = False,
) -> OutgoingMessage:
    """Writes a message in the caller's transaction, in the recipient's language.

    `templates/<template>.txt` bears the subject in its first line, `.html` the page of
    the mail. The same `dedupe_key` twice is one message. The sender is woken after the
    commit; a broker that is down does not show, for the timetable sweeps every minute.
    """
    with translation.override(language):
        bodies = _bodies(template, channel, {**context, "tenant": tenant})
    message, new = OutgoingMessage.objects.get_or_create(
        tenant=tenant,
        dedupe_key=dedupe_key,
        defaults={
            "kind": kind,
            "channel": channel,
            "to": to,
            "language": language,
            **bodies,
            "calendar": calendar,
            "calendar_method": calendar_method,
            "sensitive": sensitive,
            "next_at": now(),
            "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        },
    )
    if new:
        transaction.on_commit(wake_sender, robust=True)
    return message


def _bodies(template: str, channel: str, context: dict[str, Any]) -> dict[str, str]:
    """Subject, text and page in the language that is active."""
    context = {**context, "language": translation.get_language()}
    written = render_to_string(f"{template}.txt", context)
    subject, _line, text = written.partition("\n")
    page = f"{template}.html"
    return {
        "subject": SPACES.sub(" ", subject).strip()[:200],
        "text": text.strip() + "\n",
        "html": render_to_string(page, context) if channel == "email" else "",
    }


def wake_sender() -> None:
    """Tells the worker that something waits; the row itself is the promise."""
    from core.tasks import send_messages, wake  # noqa: PLC0415 (tasks import us)

    wake(send_messages)


def resend(messages: "QuerySet[OutgoingMessage]") -> int:
    """« Renvoyer »: those that failed are tried again from the start; gives how many."""
    number = messages.filter(state=MessageState.FAILED).update(
        state=MessageState.QUEUED, attempts=0, next_at=now(), error=""
    )
    if number:
        transaction.on_commit(wake_sender, robust=True)
    return number


def send_due(most: int = 1000) -> int:
    """Sends what is due, one transaction a message; gives how many were tried.

    Ends early when the wire is down: the rest would only lose tries and time. When its
    time is up it wakes another sender.
    """
    tried, end = 0, time.monotonic() + BATCH_SECONDS
    outcome: bool | None = True
    while outcome and tried < most and time.monotonic() < end:
        outcome = send_next()
        tried += outcome is not None
    if outcome:
        wake_sender()
    return tried


def send_next() -> bool | None:
    """Sends the message longest due: None when none is, False when the wire is down.

    The row stays locked while the wire is used: a killed worker frees it at once.
    """
    with transaction.atomic():
        message = (
            OutgoingMessage.objects.select_for_update(
                no_key=True, skip_locked=True, of=("self",)
            )
            .select_related("tenant")
            .filter(state=MessageState.QUEUED, next_at__lte=now())
            .order_by("next_at")
            .first()
        )
        if message is None:
            return None
        message.attempts += 1
        refusal = _try(message)
        if refusal is None:
            _note_sent(message)
        else:
            _note_failure(message, refusal)
        message.save()
    return refusal is None or not refusal.wire_down


def _try(message: OutgoingMessage) -> transport.Refused | None:
    """Sends it, or says why not; a fault of ours must not block those behind it."""
    try:
        transport.send(message)
    except transport.Refused as refusal:
        return refusal
    except Exception as error:
        log.exception("message.fault", message=str(message.pk), kind=message.kind)
        return transport.Refused(type(error).__name__)
    return None


def _note_sent(message: OutgoingMessage) -> None:
    message.state = MessageState.SENT
    message.sent_at = now()
    message.error = ""
    if message.sensitive:
        message.text = message.html = ""
    log.info("message.sent", message=str(message.pk), kind=message.kind)


def _note_failure(message: OutgoingMessage, refusal: transport.Refused) -> None:
    message.error = str(refusal)[:300]
    over = message.attempts > len(BACK_OFF)
    if refusal.permanent or over:
        message.state = MessageState.FAILED
    else:
        message.next_at = now() + BACK_OFF[message.attempts - 1]
    log.warning(
        "message.refused",
        message=str(message.pk),
        kind=message.kind,
        attempts=message.attempts,
        state=message.state,
    )
