"""Short messages: to the log (console:) or to a gateway by HTTP (settings.SMS_URL).

A gateway is `https://host/path?to=recipient&text=message&token=SECRET`: a POST of JSON,
the parameters name its fields, the token goes into the Authorization header.
"""

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit, urlunsplit

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS = 10


class GatewayError(Exception):
    """The gateway did not take it."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


def send(number: str, text: str) -> None:
    """Sends a text to a telephone number; raises GatewayError."""
    if settings.SMS_URL.startswith("console:"):
        log.info("sms.console", characters=len(text))
        return
    options = settings.SMS_OPTIONS
    body = {options.get("to", "to"): number, options.get("text", "text"): text}
    address = urlunsplit(urlsplit(settings.SMS_URL)._replace(query=""))
    request = urllib.request.Request(  # noqa: S310 (the scheme is the host's own setting)
        address,
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {options.get('token', '')}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            pass
    except urllib.error.HTTPError as error:
        permanent = 400 <= error.code < 500 and error.code != 429
        raise GatewayError(f"HTTP {error.code}", permanent=permanent) from error
    except OSError as error:
        raise GatewayError(type(error).__name__) from error
