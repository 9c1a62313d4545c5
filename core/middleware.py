"""What every request gets: an id, a log line, headers, and the probes' answers."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare
from psycopg.errors import DeadlockDetected, LockNotAvailable

from core import journal, metrics, probes
from core.views import queue_full

log = structlog.get_logger(__name__)
# Asked for so often that a line each would bury the others.
QUIET = ("/static/", "/live", "/ready", "/metrics")
Next = Callable[[HttpRequest], HttpResponse]


def client_address(request: HttpRequest) -> str | None:
    """The address of the browser: the peer's, or as told by the trusted proxies only."""
    peer: str | None = request.META.get("REMOTE_ADDR") or None
    told = request.headers.get("X-Forwarded-For", "").split(",")
    if not settings.TRUSTED_PROXIES or len(told) < settings.TRUSTED_PROXIES:
        return peer
    return told[-settings.TRUSTED_PROXIES].strip() or peer


class RequestIdMiddleware:
    """Gives the request an id that goes into every log line, page and task of it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:16]  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)  # type: ignore[attr-defined]
        # Beside the log's own facts: the journal names addresses, the log does not.
        asked = journal.asking_from.set(client_address(request))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            journal.asking_from.reset(asked)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        if not request.path.startswith(QUIET):
            log.info(
                "request",
                method=request.method,
                route=getattr(request.resolver_match, "view_name", None),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000),
                tenant=getattr(getattr(request, "tenant", None), "slug", None),
                actor=str(getattr(getattr(request, "user", None), "pk", None) or ""),
            )
        return response


class HeadersMiddleware:
    """Headers that no response goes without; nothing that needs a session is kept."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class BodyLimitMiddleware:
    """413 for a body larger than any form of ours, before a byte of it is read."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.too_big(request):
            raise RequestDataTooBig
        return self.get_response(request)

    @staticmethod
    def too_big(request: HttpRequest) -> bool:
        """Whether the body announced is larger than any form of ours."""
        length = request.headers.get("Content-Length") or "0"
        return length.isdigit() and int(length) > settings.MAX_REQUEST_BYTES


class ReportsMiddleware:
    """A browser reports by itself: it is taken as nobody's, and keeps no session alive."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == settings.CSP_REPORTS:
            request.COOKIES.clear()
        return self.get_response(request)


class QueueMiddleware:
    """503 with a sentence when many change the same thing and one of them gives up waiting."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """The transaction was rolled back whole: sending it again does it once."""
        if not isinstance(exception.__cause__, LockNotAvailable | DeadlockDetected):
            return None
        log.warning("queue", fault=type(exception.__cause__).__name__)
        return queue_full(request)


class ProbeMiddleware:
    """`/live`, `/ready`, `/metrics`, before hosts and tenants: who asks has no host name."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/live":
            return JsonResponse({"live": True})
        if request.path == "/ready":
            report = probes.readiness()
            return JsonResponse(report, status=200 if report["ready"] else 503)
        if request.path == "/metrics" and knows_the_token(request):
            return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)
        return self.get_response(request)


def knows_the_token(request: HttpRequest) -> bool:
    """Whether METRICS_TOKEN is set and was sent; for others there is no such page."""
    sent = request.headers.get("Authorization", "")
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and constant_time_compare(sent, wanted)
