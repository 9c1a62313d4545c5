"""The screen of an import: the list is checked, its plan shown, and only then done."""

import base64
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.errors import Refusal, Sentence
from core.imports import LARGEST_LIST, Plan


def import_page(
    request: HttpRequest,
    *,
    form: Any,
    plan: Callable[[bytes], Plan],
    work: Callable[..., Plan],
    title: Sentence,
    back: str,
) -> HttpResponse:
    """First what the list would do, then `work(content=…)`; both may refuse it."""
    context: dict[str, Any] = {"form": form, "title": title, "back": back}
    status = 200
    try:
        if "kept" in request.POST:
            done = work(content=_kept(request.POST["kept"]))
            words = _("%(added)d added, %(changed)d changed.")
            counts = {"added": len(done.add), "changed": len(done.change)}
            messages.success(request, words % counts)
            return redirect(back)
        if request.method == "POST":
            status = 422
            if form.is_valid():
                content = form.cleaned_data["file"].read(LARGEST_LIST + 1)
                context["plan"] = plan(content)
                context["kept"] = base64.urlsafe_b64encode(content).decode()
                status = 422 if context["plan"].errors else 200
    except Refusal as error:
        form.refuse(error)
        status = 422
    return render(request, "core/import.html", context, status=status)


def _kept(text: str) -> bytes:
    """The list as the form brought it back: of signs that a form does not make longer."""
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError as error:
        raise Http404 from error
