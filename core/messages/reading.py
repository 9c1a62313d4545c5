"""Messages as an operator may read them: without what would let somebody in."""

import re
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from core.messages.models import MessageState, OutgoingMessage

# A token in a link: long, and of the letters that tokens are made of.
TOKEN = re.compile(r"(https?://\S*?/)([\w-]{20,})(?=[/?\s\"'<]|$)")
MASKED = "•••••"
UNREACHABLE = ("Timeout", "Connection", "gaierror", "OSError", "SMTPServerDisconnected")


def of(tenant: Any) -> QuerySet[OutgoingMessage]:
    """The messages of an authority, the newest first."""
    return OutgoingMessage.objects.filter(tenant=tenant).order_by("-created_at", "pk")


def counts(tenant: Any) -> dict[str, int]:
    """How many wait, were sent, failed."""
    rows = of(tenant).order_by().values_list("state").annotate(number=Count("pk"))
    return dict.fromkeys(MessageState.values, 0) | dict(rows)


def mask(text: str) -> str:
    """A text whose links let nobody in."""
    return TOKEN.sub(rf"\1{MASKED}", text)


def readable(message: OutgoingMessage) -> str:
    """The text; tokens of links are masked. Empty when it was blanked after sending."""
    return mask(message.text)


def reason(message: OutgoingMessage) -> str:
    """Why it was not sent, in words, with the wire's own code."""
    error = message.error
    if not error:
        return ""
    if error.startswith("SMTP"):
        return _("The mail server refused it: %(error)s") % {"error": error}
    if error.startswith("HTTP"):
        return _("The SMS gateway refused it: %(error)s") % {"error": error}
    if error.startswith(UNREACHABLE):
        return _("The mail server did not answer: %(error)s") % {"error": error}
    return _("It cannot be sent as it is: %(error)s") % {"error": error}
