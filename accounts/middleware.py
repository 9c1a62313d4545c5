"""Tenant by host, limits of sessions, language, membership, and the refusal by default."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django_htmx.http import HttpResponseClientRedirect

from accounts.actions.terms import has_accepted
from accounts.limits import SEEN_EVERY, end_of
from accounts.models import Membership, Tenant, User
from accounts.requests import HouseRequest
from core import access, journal
from core.dates import now
from core.views import error_page

log = structlog.get_logger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
REFUSED = {403, 404}


class TenantMiddleware:
    """Sets `request.tenant` by the host's name; None on a host that nobody has."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "").rpartition(":")
        name = (host[0] or host[2]).lower().rstrip(".")
        request.tenant = Tenant.objects.filter(hosts__host=name).first()  # type: ignore[attr-defined]
        return self.get_response(request)


class SessionLimitsMiddleware:
    """Ends sessions that were idle or open for too long, or that are of another tenant."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = cast(HouseRequest, request)
        if person.user.is_authenticated and (
            person.tenant is None
            or person.user.tenant_id != person.tenant.pk
            or not self.still_good(person)
        ):
            logout(request)
        response = self.get_response(request)
        if person.user.is_authenticated and "ends_at" in person.session:
            left = end_of(person.session) - now().timestamp()
            response["X-Session-Left"] = str(int(left))
        return response

    @staticmethod
    def still_good(request: HouseRequest) -> bool:
        """Whether neither deadline has passed; notes that the person is there.

        A screen that asks by itself every few seconds says so: nobody need be there.
        """
        at = now().timestamp()
        session = request.session
        if at > end_of(session):
            return False
        seen = session.get("seen_at", 0) + SEEN_EVERY.total_seconds()
        if at > seen and not request.headers.get("X-Poll"):
            session["seen_at"] = at
        return True


class LanguageMiddleware:
    """The person's own language, else the cookie's, else the browser's, within the tenant's."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self.choose(cast(HouseRequest, request))
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    @staticmethod
    def choose(request: HouseRequest) -> str:
        """One of the tenant's languages."""
        offered = request.tenant.languages if request.tenant else ["fr", "de"]
        wished = [
            request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
            translation.get_language_from_request(request),
        ]
        if request.user.is_authenticated:
            wished.insert(0, request.user.language)
        return next((code for code in wished if code in offered), offered[0])


class MembershipMiddleware:
    """Sets `memberships`, `membership`, `organisation`: read anew at each request."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = cast(HouseRequest, request)
        person.memberships = self.of(person)
        chosen = person.session.get("membership")
        current = next(
            (row for row in person.memberships if str(row.pk) == chosen),
            person.memberships[0] if person.memberships else None,
        )
        person.membership = current
        if current:
            person.organisation = current.organisation  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def of(request: HouseRequest) -> list[Membership]:
        """The memberships that the person may use now."""
        if not request.user.is_authenticated:
            return []
        return list(
            request.user.memberships.usable()
            .select_related("organisation", "tenant")
            .order_by("organisation__name", "role")
        )


class AccessMiddleware:
    """Lets a request through to a view only if the view says that it may (core.access)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in REFUSED:
            note_refusal(cast(HouseRequest, request), response.status_code)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """None lets it through; raises Http404 or PermissionDenied, or leads to sign-in."""
        declared: access.Access | None = getattr(view, "access", None)
        if declared is None:
            log.error("access.undeclared", view=f"{view.__module__}.{view.__name__}")
            raise PermissionDenied
        self.refuse_elsewhere(cast(HouseRequest, request), declared)
        answer = self.lead_to_sign_in(cast(HouseRequest, request), declared)
        if answer:
            return answer
        if self.terms_wait(cast(HouseRequest, request), declared):
            return lead_on(cast(HouseRequest, request), "accounts:accept_terms")
        if not permits(cast(HouseRequest, request), declared):
            log.warning("access.refused", roles=sorted(declared.roles))
            raise PermissionDenied
        if request.method not in declared.methods:
            refused = error_page(request, 405)
            refused["Allow"] = ", ".join(sorted(declared.methods))
            return refused
        return None

    @staticmethod
    def refuse_elsewhere(request: HouseRequest, declared: access.Access) -> None:
        """404 on unknown hosts, for apps the tenant does not have, and off the demonstration."""
        if declared.kind == access.DEMO and not settings.DEMO:
            raise Http404
        if declared.without_tenant:
            return
        if request.tenant is None:
            raise Http404
        match = request.resolver_match
        domain = match.app_names[0] if match and match.app_names else "core"
        if domain not in {"core", "accounts", *request.tenant.apps}:
            raise Http404

    @staticmethod
    def lead_to_sign_in(
        request: HouseRequest, declared: access.Access
    ) -> HttpResponse | None:
        """Anonymous and half-signed-in people reach nothing but the door (BKG-001)."""
        if (
            declared.kind in {access.PUBLIC, access.DEMO}
            or request.user.is_authenticated
        ):
            return None
        return lead_on(request, "accounts:sign_in")

    @staticmethod
    def terms_wait(request: HouseRequest, declared: access.Access) -> bool:
        """Whether terms of use are in force that this person has not accepted yet.

        The session keeps the version accepted, so that only another one asks the table.
        """
        tenant, user = request.tenant, request.user
        if tenant is None or tenant.terms_id is None or not isinstance(user, User):
            return False
        if declared.kind in {access.PUBLIC, access.DEMO} or declared.before_terms:
            return False
        if request.session.get("terms") == str(tenant.terms_id):
            return False
        if not has_accepted(user, tenant):
            return True
        request.session["terms"] = str(tenant.terms_id)
        return False


def lead_on(request: HouseRequest, name: str) -> HttpResponse:
    """To the door or to the terms, and back afterwards: to the page itself, or to the one
    whose form was sent. A part of a page that htmx asks for takes the whole page along.
    """
    target, back = reverse(name), _back(request)
    if back != "/":
        target += "?" + urlencode({"next": back})
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)


def _back(request: HouseRequest) -> str:
    if request.htmx:
        return request.htmx.current_url_abs_path or "/"
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    own = came_from.netloc == request.get_host()
    return urlunsplit(("", "", came_from.path, came_from.query, "")) if own else "/"


def note_refusal(request: HouseRequest, status: int) -> None:
    """Somebody signed in wanted what is not theirs: which page, which object (TRUST §5).

    A 404 counts where an object stands in the address; a page that does not exist is nothing.
    """
    match, wanted = request.resolver_match, None
    if match:
        wanted = match.kwargs.get("pk")
    own_tenant = request.tenant and request.user.is_authenticated
    if match is None or not own_tenant or (status == 404 and wanted is None):
        return
    journal.record(
        "access.refused",
        tenant_id=request.tenant.pk,  # type: ignore[union-attr]
        actor_id=request.user.pk,
        subject_id=wanted,
        detail={"page": match.view_name, "status": status},
    )


def permits(request: HouseRequest, declared: access.Access) -> bool:
    """Whether this person, in the organisation chosen, may use the view."""
    if declared.kind in {access.PUBLIC, access.DEMO, access.SIGNED_IN}:
        return True
    if request.membership is None:
        return False
    if declared.kind == access.ADMINISTRATORS and request.membership.administrator:
        return True
    return request.membership.role in declared.roles
