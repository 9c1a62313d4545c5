"""« Me prévenir »: a commune waits for a date (BKG-018)."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import OrganisationRequest
from booking.access import COMMUNE
from booking.actions.wishes import leave_wish
from booking.forms import WishForm
from booking.models import DateWish
from booking.queries import places
from core.access import allow


@allow(COMMUNE, methods="GET POST")
def wishes(request: OrganisationRequest) -> HttpResponse:
    """« Me prévenir » (BKG-018): leave a wish; see those that hold."""
    posted = request.method == "POST"
    wished = {name: request.GET.getlist(name) for name in ("languages", "places")}
    initial = {**wished, "interpreter": request.GET.get("interpreter", "0")}
    form = WishForm(
        request.POST if posted else None, tenant=request.tenant, initial=initial
    )
    if posted and form.is_valid():
        entered = form.cleaned_data
        leave_wish(
            by=request.membership,
            languages=entered["languages"],
            places=list(places(request.tenant).filter(pk__in=entered["places"])),
            with_interpreter=entered["interpreter"],
            not_after=entered["not_after"],
        )
        messages.success(request, _("You get an e-mail when a date that fits is free."))
        return redirect("booking:wishes")
    held = DateWish.objects.visible_to(request.membership).prefetch_related("places")
    context = {"form": form, "held": held.order_by("not_after", "pk")}
    status = 422 if posted else 200
    return render(request, "booking/wishes.html", context, status=status)


@allow(COMMUNE, methods="POST")
def delete_wish(request: OrganisationRequest, pk: uuid.UUID) -> HttpResponse:
    """The commune waits no longer."""
    held = DateWish.objects.visible_to(request.membership)
    get_object_or_404(held, pk=pk).delete()
    messages.success(request, _("The wish is deleted."))
    return redirect("booking:wishes")
