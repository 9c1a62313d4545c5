"""Every view says who may use it; a view that says nothing is refused (DESIGN §4).

    @public()                                     anyone
    @signed_in()                                  anyone with password and second factor
    @allow("booking.commune", methods="GET POST") these roles
    @administrators()                             who administers their organisation
    @demo_only()                                  anyone, on a demonstration

The declaration stands on the view as `view.access`; `accounts.middleware` enforces it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

ROLES, ADMINISTRATORS, SIGNED_IN, PUBLIC, DEMO = (
    "roles",
    "administrators",
    "signed in",
    "public",
    "demonstration",
)


@dataclass(frozen=True)
class Access:
    """Who may use a view, by which methods. HEAD goes wherever GET goes."""

    kind: str
    methods: frozenset[str]
    roles: frozenset[str] = frozenset()
    without_tenant: bool = False
    before_terms: bool = False


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def _methods(methods: str) -> frozenset[str]:
    named = frozenset(methods.split())
    return named | {"HEAD"} if "GET" in named else named


def public(
    *, methods: str = "GET", without_tenant: bool = False
) -> Callable[[View], View]:
    """Anyone; `without_tenant`: on any host, even one that belongs to no tenant."""
    return _declare(Access(PUBLIC, _methods(methods), without_tenant=without_tenant))


def demo_only(*, methods: str = "GET") -> Callable[[View], View]:
    """Anyone, but only where settings.DEMO is on; elsewhere the page does not exist."""
    return _declare(Access(DEMO, _methods(methods), without_tenant=True))


def signed_in(
    *, methods: str = "GET", before_terms: bool = False
) -> Callable[[View], View]:
    """Anyone who is wholly signed in; `before_terms`: also who has not accepted the terms."""
    return _declare(Access(SIGNED_IN, _methods(methods), before_terms=before_terms))


def administrators(*also: str, methods: str = "GET") -> Callable[[View], View]:
    """Whoever administers the organisation they are working in, and `also` these roles."""
    return _declare(Access(ADMINISTRATORS, _methods(methods), roles=frozenset(also)))


def allow(*roles: str, methods: str = "GET") -> Callable[[View], View]:
    """People working in one of these roles."""
    return _declare(Access(ROLES, _methods(methods), roles=frozenset(roles)))
