"""Saved searches: kept from a list, run by a click on the name (CTR-040)."""

import uuid
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import OrganisationRequest
from core.access import allow
from core.errors import Refusal
from counters.access import AGENT, LEAD
from counters.actions.searches import save_search
from counters.forms import SearchForm
from counters.models import SavedSearch
from counters.models.searches import ENTRIES

KEPT = ("q", "type", "place", "counter")


@allow(AGENT, LEAD, methods="POST")
def save(request: OrganisationRequest) -> HttpResponse:
    """Keeps the filter of a list under a name."""
    entry = request.POST.get("entry", "")
    if entry not in ENTRIES:
        raise Http404
    pairs = parse_qsl(request.POST.get("query", "")[:400])
    query = urlencode([(key, value) for key, value in pairs if key in KEPT])
    form = SearchForm(request.POST)
    target = f"{reverse(f'counters:{entry}')}?{query}"
    if not form.is_valid():
        messages.error(request, _("Give the search a name of up to 60 letters."))
        return redirect(target)
    try:
        save_search(
            by=request.membership, entry=entry, query=query, **form.cleaned_data
        )
    except Refusal as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("The search is saved."))
    return redirect(target)


@allow(AGENT, LEAD, methods="POST")
def delete(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """Deletes one's own search, or one of the service."""
    rows = SavedSearch.objects.visible_to(request.membership)
    row = get_object_or_404(rows, pk=pk)
    entry = row.entry
    row.delete()
    messages.success(request, _("Deleted."))
    return redirect(f"counters:{entry}")
