"""Public pages about the tool, and the pages of errors."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy as _

from core.access import public
from core.errors import Sentence


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


# Status → what happened and what to do. 403 of a form: `csrf_failure`; 500: `server_error`.
ERRORS: dict[int, tuple[Sentence, Sentence]] = {
    400: (_("This request cannot be read"), _("Go back and try again.")),
    403: (
        _("You may not open this page"),
        _("Your role does not include it. Ask the administrator of your organisation."),
    ),
    404: (
        _("This page does not exist"),
        _("Check the address, or begin at the start page."),
    ),
    405: (
        _("This address cannot be opened in this way"),
        _("Go back and use the button on the page."),
    ),
    413: (
        _("This is too large"),
        _("A file may have 10 MB. Go back and choose a smaller one."),
    ),
    429: (
        _("Too many tries in a short time"),
        _("Wait a few minutes, then try again."),
    ),
    503: (
        _("The tool is not available at the moment"),
        _("Try again in a few minutes. What you have saved is kept."),
    ),
}


def error_page(
    request: HttpRequest,
    status: int,
    sentences: tuple[Sentence, Sentence] | None = None,
) -> HttpResponse:
    """What happened, what to do, and the request's id for whoever is asked for help."""
    heading, what_to_do = sentences or ERRORS[status]
    context = {"status": status, "heading": heading, "what_to_do": what_to_do}
    return render(request, "errors/error.html", context, status=status)


def queue_full(request: HttpRequest) -> HttpResponse:
    """503 when several people change the same thing at the same moment."""
    heading = _("Several people are changing this at this moment")
    what_to_do = _("Nothing was saved. Go back and send the page again.")
    return error_page(request, 503, (heading, what_to_do))


def bad_request(
    request: HttpRequest, exception: Exception | None = None
) -> HttpResponse:
    """400, and 413 for a body that is too large."""
    too_large = isinstance(exception, RequestDataTooBig)
    return error_page(request, 413 if too_large else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open for too long."""
    return error_page(
        request,
        403,
        (
            _("This form was open for too long"),
            _("Go back, load the page anew and send it again."),
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without context processors, for the database may be what failed."""
    context = {"request_id": getattr(request, "id", "")}
    page = loader.render_to_string("errors/500.html", context)
    return HttpResponse(page, status=500)
