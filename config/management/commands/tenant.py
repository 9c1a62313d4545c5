"""Makes a tenant and invites its first operator, in one command."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.actions.tenants import Founded, Wish, found
from accounts.addresses import absolute
from core.errors import Refusal

TEXTS = ("name", "office", "tool_title")


class Command(BaseCommand):
    help = (
        "Makes a tenant (an authority) and invites its first operator by e-mail."
        " Run again, it changes nothing that exists."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Texts are given in French; German ones beside them, else the same."""
        parser.add_argument("slug", help="short name, such as berne")
        parser.add_argument("--host", required=True, help="reservations.example.ch")
        parser.add_argument("--name", required=True, help="« Canton de Berne »")
        parser.add_argument("--name-de", help="«Kanton Bern»")
        parser.add_argument("--office", help="who answers for it; else the name")
        parser.add_argument("--office-de")
        parser.add_argument("--tool-title", default="Réservations")
        parser.add_argument("--tool-title-de", default="Reservationen")
        parser.add_argument("--languages", default="fr,de")
        parser.add_argument(
            "--canton", default="BE", help="whose public holidays count"
        )
        parser.add_argument("--apps", required=True, help="booking,counters")
        parser.add_argument("--operator", required=True, help="e-mail address")
        parser.add_argument("--operator-language", help="else the first one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tells what was done and what comes next."""
        try:
            done = found(_wish(options))
        except Refusal as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        for line in _report(done, options["operator"]):
            self.stdout.write(line)


def _wish(options: dict[str, Any]) -> Wish:
    options["office"] = options["office"] or options["name"]
    options["office_de"] = options["office_de"] or options["name_de"]
    texts = {}
    for text in TEXTS:
        texts[f"{text}_fr"] = options[text]
        texts[f"{text}_de"] = options[f"{text}_de"] or options[text]
    languages = _split(options["languages"])
    return Wish(
        slug=options["slug"],
        host=options["host"].lower(),
        texts=texts,
        languages=languages,
        apps=_split(options["apps"]),
        canton=options["canton"].upper(),
        operator=options["operator"],
        operator_language=options["operator_language"] or "".join(languages[:1]),
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _report(done: Founded, operator: str) -> list[str]:
    tenant = done.tenant
    said = "is made" if done.new else "exists already; nothing of it was changed"
    lines = [f"The tenant {tenant.slug} {said}: {absolute(tenant, '/')}"]
    if done.invitation is None:
        return [*lines, f"{operator} is its operator already. Nothing is left to do."]
    until = done.invitation.expires_at.date().isoformat()
    if not done.sent:
        return [
            *lines,
            f"The invitation of {operator} still waits, until {until}; none was sent.",
        ]
    sign_in = absolute(tenant, reverse("accounts:sign_in"))
    return [
        *lines,
        f"{operator} gets an invitation by e-mail, good until {until}.",
        "Next:",
        "  1. The host name leads to this machine (DNS) and stands in PERRON_HOSTS.",
        f"  2. {operator} opens the link, chooses a password, sets up a second factor.",
        f"  3. At {sign_in} the operator sets up organisations and records and",
        "     invites the first people.",
        "No mail arrives? `manage.py figures` says whether messages wait or failed.",
    ]
