"""Between password and second factor: a note in the session, and nothing else.

Someone half signed in is anonymous to the whole house; only the door reads this note.
"""

import base64
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import fresh, secrets
from accounts.actions import factor
from accounts.limits import LONGEST, STAY
from accounts.models import User
from accounts.requests import PersonRequest, PublicRequest
from core import journal
from core.dates import now
from core.middleware import client_address

NOTE = "half_signed_in"
NEW_SEED = "new_seed"
CODE_WITHIN_SECONDS = 5 * 60
ENROL_WITHIN_SECONDS = 20 * 60
BROWSER_COOKIE_AGE = 365 * 24 * 3600
SALT = "accounts.known_browser"


@dataclass(frozen=True)
class Half:
    """Someone whose password was right."""

    user: User
    stay: bool
    next: str
    seed: bytes | None


def begin(request: PublicRequest, user: User, *, stay: bool, next_page: str) -> None:
    """Notes that the password was right; the session's key changes (fixation)."""
    request.session.flush()
    request.session[NOTE] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "at": now().timestamp(),
        "stay": stay,
        "next": next_page,
    }


def read(request: PublicRequest) -> Half | None:
    """Who is half signed in, unless it is too long ago or the account has changed."""
    note: dict[str, Any] | None = request.session.get(NOTE)
    if note is None:
        return None
    user = User.objects.of(request.tenant).filter(pk=note["user"], blocked_at=None)
    person = user.select_related("tenant").first()
    enrolling = person is not None and not hasattr(person, "totp")
    limit = ENROL_WITHIN_SECONDS if enrolling else CODE_WITHIN_SECONDS
    if (
        person is None
        or now().timestamp() > note["at"] + limit
        or not constant_time_compare(note["hash"], person.get_session_auth_hash())
    ):
        del request.session[NOTE]
        return None
    sealed = note.get("seed")
    seed = secrets.unseal(base64.b64decode(sealed)) if sealed else None
    return Half(person, note["stay"], note["next"], seed)


def seed_for(request: PublicRequest, half: Half) -> bytes:
    """The seed being enrolled: the server's own, the same until it is confirmed.

    It is sealed in the session, for sessions lie in the database.
    """
    if half.seed:
        return half.seed
    seed = secrets.new_seed()
    note = dict(request.session[NOTE])
    note["seed"] = base64.b64encode(secrets.seal(seed)).decode()
    request.session[NOTE] = note
    return seed


def new_seed(request: PersonRequest) -> bytes:
    """The seed of another app being set up: the same until it is confirmed, and sealed."""
    kept = secrets.unseal(base64.b64decode(request.session.get(NEW_SEED, "")))
    if kept:
        return kept
    seed = secrets.new_seed()
    request.session[NEW_SEED] = base64.b64encode(secrets.seal(seed)).decode()
    return seed


def drop_seed(request: PersonRequest) -> None:
    """The seed is confirmed."""
    request.session.pop(NEW_SEED, None)


def finish(request: PublicRequest, half: Half, *, proved: bool = True) -> None:
    """The second factor was right too: opens the session.

    `proved`: a code was typed just now, so that accounts.fresh does not ask again at once.
    """
    login(request, half.user, backend="accounts.backends.TenantBackend")
    at = now().timestamp()
    session = request.session
    session.pop(NOTE, None)
    session["stay"] = half.stay
    session["started_at"] = session["seen_at"] = at
    session["ends_at"] = at + (STAY if half.stay else LONGEST).total_seconds()
    if proved:
        session[fresh.NOTE] = at
    session["user_agent"] = request.headers.get("User-Agent", "")[:200]
    session["address"] = client_address(request)
    session.set_expiry(STAY if half.stay else 0)
    journal.record(
        "sign_in",
        tenant_id=half.user.tenant_id,
        actor_id=half.user.pk,
        address=client_address(request),
    )


def safe_next(request: HttpRequest, page: str) -> str:
    """The page first asked for, if it is one of this host; else the start page."""
    inside = page.startswith("/") and url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if inside and "\\" not in page else "/"


def leave_for(request: PublicRequest, half: Half, *, remember: bool) -> HttpResponse:
    """The answer after a whole sign-in: on to the page first asked for."""
    response = redirect(safe_next(request, half.next))
    mark_browser(request, response, half, remember=remember)
    return response


def mark_browser(
    request: PublicRequest, response: HttpResponse, half: Half, *, remember: bool
) -> None:
    """Cookies: this browser is known to the throttle, speaks the person's language, and is
    remembered if so wished.
    """
    known = {*known_browser_of(request), str(half.user.pk)}
    _set(
        response,
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(sorted(known)[:8], salt=SALT),
        BROWSER_COOKIE_AGE,
    )
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        # The door speaks the person's language too, when the session is over.
        _set(
            response,
            settings.LANGUAGE_COOKIE_NAME,
            half.user.language,
            settings.LANGUAGE_COOKIE_AGE,
        )
    if remember:
        token = factor.remember_browser(
            user=half.user,
            user_agent=request.headers.get("User-Agent", ""),
            address=client_address(request),
        )
        _set(
            response,
            settings.FACTOR_COOKIE_NAME,
            token,
            int(factor.REMEMBERED_FOR.total_seconds()),
        )


def known_browser_of(request: HttpRequest) -> set[str]:
    """The ids of those who have signed in with this browser before."""
    try:
        return set(
            signing.loads(
                request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""),
                salt=SALT,
                max_age=BROWSER_COOKIE_AGE,
            )
        )
    except signing.BadSignature:
        return set()


def _set(response: HttpResponse, name: str, value: str, age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=age,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
