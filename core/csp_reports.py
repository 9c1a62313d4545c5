"""What browsers refused to do because of the content security policy (CSP 3, §5; Reporting API).

A report is anybody's word: it is cut down to words that are known before it is logged and
counted. Neither the address of the page nor that of what was blocked is kept: they may name
a person, or carry a link's token.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.db import models
from django.urls import Resolver404, resolve

log = structlog.get_logger(__name__)
MOST_BYTES = 16 * 1024
MOST_REPORTS = 20  # of one body: the Reporting API sends several together
OTHER = "other"
DIRECTIVES = {
    "default-src", "script-src", "script-src-elem", "script-src-attr", "style-src",
    "style-src-elem", "style-src-attr", "img-src", "font-src", "connect-src",
    "form-action", "manifest-src", "base-uri", "frame-ancestors", "frame-src",
    "child-src", "worker-src", "media-src", "object-src",
}  # fmt: skip
WORD = re.compile(r"[a-z][a-z0-9.-]{0,99}")


class CspReports(models.Model):
    """How many violations of a directive have been reported so far."""

    directive = models.CharField(max_length=20, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "core"


def note(body: bytes) -> None:
    """Logs and counts the violations in a report; what is none is passed over."""
    for facts in list(_violations(body))[:MOST_REPORTS]:
        directive = _directive(facts)
        log.warning(
            "csp.violation",
            directive=directive,
            blocked=_blocked(facts.get("blocked-uri") or facts.get("blockedURL")),
            page=_page(facts.get("document-uri") or facts.get("documentURL")),
        )
        CspReports.objects.get_or_create(directive=directive)
        row = CspReports.objects.filter(directive=directive)
        row.update(number=models.F("number") + 1)


def _violations(body: bytes) -> Iterator[dict[str, Any]]:
    """The facts of each violation, in either format."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return
    for report in told if isinstance(told, list) else [told]:
        if not isinstance(report, dict):
            continue
        of_type = report.get("type") == "csp-violation"
        facts = report.get("body" if of_type else "csp-report")
        if isinstance(facts, dict):
            yield facts


def _directive(facts: dict[str, Any]) -> str:
    """The directive by its name; older browsers send it with its sources."""
    names = ("effectiveDirective", "effective-directive", "violated-directive")
    told = next((facts[name] for name in names if facts.get(name)), "")
    word = str(told).partition(" ")[0]
    return word if word in DIRECTIVES else OTHER


def _blocked(address: object) -> str:
    """The host of what was blocked; else its scheme, or a word such as `inline`."""
    try:
        parts = urlsplit(str(address))
        told = parts.hostname if parts.scheme in {"http", "https"} else parts.scheme
    except ValueError:
        return OTHER
    word = told or str(address)
    return word if WORD.fullmatch(word) else OTHER


def _page(address: object) -> str:
    """The name of the page's route, as in the log of requests."""
    try:
        return resolve(urlsplit(str(address)).path).view_name
    except (ValueError, Resolver404):
        return OTHER
