"""Messages: waiting, sent, failed; their text without secrets; « Renvoyer »."""

import uuid
from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import OPERATOR
from accounts.actions import outbox
from accounts.requests import OrganisationRequest
from core import journal
from core.access import allow
from core.messages import reading
from core.messages.models import MessageState
from core.search import fits, words_of

PER_PAGE = 20


@allow(OPERATOR)
def messages_page(request: OrganisationRequest) -> HttpResponse:
    """The list, by state and by the address or subject that one remembers."""
    state = request.GET.get("state", "")
    words = words_of(request)
    rows = reading.of(request.tenant)
    if state in MessageState.values:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(fits(words, "to", "subject"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    if words:
        journal.record(
            "message.searched",
            tenant_id=request.tenant.pk,
            actor_id=request.user.pk,
            detail={"found": page.paginator.count},
        )
    for row in page:
        row.reason = reading.reason(row)  # type: ignore[attr-defined]
    counts = reading.counts(request.tenant)
    context: dict[str, Any] = {
        "page": page,
        "words": words,
        "state": state,
        "states": [(key, label, counts[key]) for key, label in MessageState.choices],
        "failed": counts[MessageState.FAILED],
    }
    return render(request, "accounts/administration/messages.html", context)


@allow(OPERATOR)
def message(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """One message: what it says, what became of it."""
    row = get_object_or_404(reading.of(request.tenant), pk=pk)
    journal.record(
        "message.read",
        tenant_id=request.tenant.pk,
        actor_id=request.user.pk,
        subject=row,
    )
    context = {
        "message": row,
        "text": reading.readable(row),
        "reason": reading.reason(row),
    }
    return render(request, "accounts/administration/message.html", context)


@allow(OPERATOR, methods="POST")
def resend(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Tries one message again."""
    row = get_object_or_404(reading.of(request.tenant), pk=pk)
    if outbox.resend(by=request.membership, message=row):
        notices.success(request, _("The message is on its way again."))
    else:
        notices.error(request, _("This message has not failed."))
    return redirect("accounts:message", pk=pk)


@allow(OPERATOR, methods="POST")
def resend_all(request: OrganisationRequest) -> HttpResponse:
    """Tries all again that failed."""
    number = outbox.resend_all(by=request.membership)
    sentence = ngettext(
        "%(number)s message is on its way again.",
        "%(number)s messages are on their way again.",
        number,
    )
    notices.success(request, sentence % {"number": number})
    return redirect("accounts:messages")
