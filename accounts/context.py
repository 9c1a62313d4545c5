"""What every page knows of whoever is looking: tenant, person, bar, languages."""

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts import rules
from accounts.limits import can_be_extended, end_of
from accounts.requests import OrganisationRequest
from accounts.roles import Page, registry, role
from core.dates import now

LANGUAGE_NAMES = {"de": "Deutsch", "fr": "Français"}


def person(request: HttpRequest) -> dict[str, Any]:
    """The context processor; errors early in a request find half of it missing."""
    visitor = cast(OrganisationRequest, request)
    tenant = getattr(visitor, "tenant", None)
    membership = getattr(visitor, "membership", None)
    return {
        "tenant": tenant,
        "membership": membership,
        "memberships": [
            {"row": row, "role": role(row.role)}
            for row in getattr(visitor, "memberships", [])
        ],
        "organisation": membership.organisation if membership else None,
        "own_page": role(membership.role).own_page
        if membership
        else "accounts:account",
        "sees_people": membership is not None and rules.sees_people(membership),
        "areas": _areas(visitor) if membership else [],
        "languages_offered": _languages(visitor, tenant),
        "session": _session(visitor),
        "request_id": getattr(visitor, "id", ""),
        "demo": settings.DEMO,
    }


def _session(request: OrganisationRequest) -> dict[str, Any] | None:
    """How long the session lasts yet, for whoever is signed in (components/session.html)."""
    data = getattr(request, "session", None)
    user = getattr(request, "user", None)
    if data is None or user is None or "ends_at" not in data:
        return None
    end = end_of(data)
    return {
        "left": max(1, int(end - now().timestamp())),
        "ends": dt.datetime.fromtimestamp(end, dt.UTC),
        "extends": can_be_extended(data),
        "started": int(data["started_at"]),
    }


def _languages(request: OrganisationRequest, tenant: Any) -> list[dict[str, Any]]:
    codes = tenant.languages if tenant else list(LANGUAGE_NAMES)
    current = getattr(request, "LANGUAGE_CODE", codes[0])
    return [
        {"code": code, "name": LANGUAGE_NAMES[code], "current": code == current}
        for code in sorted(codes)
    ]


def _areas(request: OrganisationRequest) -> list[dict[str, Any]]:
    shown = []
    for area in registry.areas:
        if area.is_for(request.membership.role, request.tenant.apps):
            pages = [_page(request, page) for page in area.pages]
            shown.append(
                {
                    "label": area.label,
                    "url": pages[0]["url"],
                    "current": any(page["current"] for page in pages),
                    "pages": pages,
                }
            )
    return shown


def _page(request: OrganisationRequest, page: Page) -> dict[str, Any]:
    url = reverse(page.url_name)
    return {
        "label": page.label,
        "url": url,
        "current": request.path.startswith(url) or _view_name(request) in page.also,
        "count": page.count(request) if page.count else 0,
    }


def _view_name(request: OrganisationRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
