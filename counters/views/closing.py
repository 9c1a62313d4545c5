"""« Fermer une plage »: illness, an alarm, a feast (CTR-043)."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.requests import OrganisationRequest
from core.access import allow
from core.dates import at
from counters.access import AGENT, LEAD, MANAGER
from counters.actions import closing
from counters.forms import ClosingForm
from counters.models import Slot


@allow(AGENT, LEAD, MANAGER, methods="GET POST")
def close(request: OrganisationRequest) -> HttpResponse:
    """Shows whom it touches with a proposal for each; then does it in one step."""
    form = ClosingForm(request.POST or None, by=request.membership)
    context: dict[str, Any] = {"form": form, "proposals": None, "number": 0}
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        found = form.cleaned_data
        zone = request.tenant.zone
        start = at(found["day"], found["start"] or dt.time(), zone)
        midnight = at(found["day"] + dt.timedelta(days=1), dt.time(), zone)
        end = at(found["day"], found["end"], zone) if found["end"] else midnight
        slots = closing.slots_between(found["counter"], start, end)
        if "sure" in request.POST:
            moved, to_replan = closing.close(
                by=request.membership, slots=slots, moves=_confirmed(request)
            )
            messages.success(
                request,
                _("Closed. %(moved)d moved, %(replan)d to plan again; all are told.")
                % {"moved": moved, "replan": to_replan},
            )
            return redirect("counters:slots")
        context |= {"proposals": closing.proposals(slots), "number": len(slots)}
        status = 200
    return render(request, "counters/close.html", context, status=status)


def _confirmed(request: OrganisationRequest) -> dict[uuid.UUID, Slot]:
    """The proposals that stayed ticked: « appointment:slot »."""
    pairs = {}
    for text in request.POST.getlist("moves"):
        appointment, _colon, slot = text.partition(":")
        try:
            pairs[uuid.UUID(appointment)] = uuid.UUID(slot)
        except ValueError:
            continue
    rows = Slot.objects.visible_to(request.membership).filter(pk__in=pairs.values())
    related = ("tenant", "counter__type", "counter__desk", "counter__place")
    slots = {row.pk: row for row in rows.select_related(*related)}
    return {key: slots[pk] for key, pk in pairs.items() if pk in slots}
