"""The wires: e-mail by SMTP, SMS by a gateway."""

import smtplib
from email.headerregistry import Address
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from core.messages import sms
from core.messages.models import OutgoingMessage


class Refused(Exception):
    """The wire did not take it; `permanent` says that trying again is no use."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


def send(message: OutgoingMessage) -> None:
    """Hands a message over; raises Refused."""
    if message.channel == "sms":
        try:
            sms.send(message.to, message.text)
        except sms.GatewayError as error:
            raise Refused(str(error), permanent=error.permanent) from error
        return
    try:
        email(message).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reason in error.recipients.values()]
        raise Refused(f"SMTP {codes}", permanent=min(codes) >= 500) from error
    except smtplib.SMTPResponseException as error:
        permanent = error.smtp_code >= 500
        raise Refused(f"SMTP {error.smtp_code}", permanent=permanent) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(type(error).__name__) from error
    except ValueError as error:
        # A message that cannot be put together must not hold up the others.
        raise Refused(str(error), permanent=True) from error


def email(message: OutgoingMessage) -> EmailMultiAlternatives:
    """The mail: text, HTML, calendar entry; sent under the authority's name."""
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=str(
            Address(" ".join(message.tenant.name.split()), addr_spec=sender)
        ),
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
