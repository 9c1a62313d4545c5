"""Public pages about the tool, and the pages of errors."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from core.access import public


@public(without_tenant=True)
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to ask, and how the journey goes."""
    return render(request, "core/help.html")


@public(without_tenant=True)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (eCH-0059)."""
    return render(request, "core/accessibility.html")


@public(without_tenant=True)
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about whom, and for how long."""
    return render(request, "core/privacy.html")


@public(without_tenant=True)
def legal(request: HttpRequest) -> HttpResponse:
    """Who answers for the tool."""
    return render(request, "core/legal.html")


def _error(
    request: HttpRequest, status: int, title: str, what_to_do: str
) -> HttpResponse:
    context = {"status": status, "heading": title, "what_to_do": what_to_do}
    return render(request, "errors/error.html", context, status=status)


def bad_request(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    """400, and 413 for a body that is too large."""
    if type(exception).__name__ == "RequestDataTooBig":
        return _error(
            request,
            413,
            _("This is too large"),
            _("A file may have 10 MB. Go back and choose a smaller one."),
        )
    return _error(
        request,
        400,
        _("This request cannot be read"),
        _("Go back and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _error(
        request,
        403,
        _("You may not open this page"),
        _("Your role does not include it. Ask the administrator of your organisation."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open for too long."""
    return _error(
        request,
        403,
        _("This form was open for too long"),
        _("Go back, load the page anew and send it again."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _error(
        request,
        404,
        _("This page does not exist"),
        _("Check the address, or begin at the start page."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without context processors, for the database may be what failed."""
    context: dict[str, Any] = {"request_id": getattr(request, "id", "")}
    page = loader.render_to_string("errors/500.html", context)
    return HttpResponse(page, status=500)
