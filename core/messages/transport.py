"""The wires: e-mail by SMTP, SMS by a gateway."""

import smtplib
from email.headerregistry import Address
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import translation

from core.messages import sms
from core.messages.models import OutgoingMessage


class Refused(Exception):
    """The wire did not take it.

    `permanent`: trying again is no use. `wire_down`: it is not this message's fault, and
    the next one would fare no better.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, wire_down: bool = False
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.wire_down = wire_down


def send(message: OutgoingMessage) -> None:
    """Hands a message over; raises Refused."""
    if message.channel == "sms":
        _send_sms(message)
    else:
        _send_email(message)


def _send_sms(message: OutgoingMessage) -> None:
    try:
        sms.send(message.to, message.text)
    except sms.GatewayError as error:
        raise Refused(str(error), permanent=error.permanent) from error


def _send_email(message: OutgoingMessage) -> None:
    try:
        mail = email(message)
        mail.message()
    except (
        ValueError
    ) as error:  # a header that nobody may write, an address that is none
        raise Refused(f"{type(error).__name__}: {error}", permanent=True) from error
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reason in error.recipients.values()]
        raise Refused(f"SMTP {codes}", permanent=min(codes) >= 500) from error
    except smtplib.SMTPDataError as error:
        permanent = error.smtp_code >= 500
        raise Refused(f"SMTP {error.smtp_code}", permanent=permanent) from error
    except smtplib.SMTPResponseException as error:
        # Greeting, login, sender: our own settings or the server, never the recipient.
        raise Refused(f"SMTP {error.smtp_code}", wire_down=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(type(error).__name__, wire_down=True) from error


def email(message: OutgoingMessage) -> EmailMultiAlternatives:
    """The mail: text, HTML, calendar entry; sent under the authority's name."""
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    with translation.override(message.language):
        authority = " ".join(message.tenant.name.split())
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=str(Address(authority, addr_spec=sender)),
        to=[message.to],
        headers={
            "Message-ID": f"<{message.pk}@{sender.partition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    if message.calendar:
        kind = f"text/calendar; method={message.calendar_method}"
        mail.attach("rendez-vous.ics", message.calendar, kind)
    return mail
