"""What a tenant shows of itself: its theme; and the choice of language."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from accounts.actions.people import change_language
from accounts.requests import HouseRequest
from accounts.views.half import safe_next
from core.access import public


@public(without_tenant=True)
def theme(request: HouseRequest) -> HttpResponse:
    """The tenant's accent as custom properties; everything else is the same for all."""
    accent, strong = "#14171a", "#14171a"
    if request.tenant:
        accent, strong = request.tenant.accent, request.tenant.accent_strong
    css = f":root{{--accent:{accent};--accent-strong:{strong}}}"
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=300)
    return response


@public(methods="POST", without_tenant=True)
def language(request: HouseRequest) -> HttpResponse:
    """« Deutsch / Français »: kept in a cookie, and for the person where one is signed in."""
    wished = request.POST.get("language", "")
    response = redirect(safe_next(request, request.POST.get("next", "/")))
    offered = request.tenant.languages if request.tenant else ["fr", "de"]
    if wished not in offered:
        return response
    if request.user.is_authenticated:
        change_language(user=request.user, language=wished)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wished,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
