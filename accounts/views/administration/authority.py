"""How the authority shows itself, and what stands on its public pages."""

from copy import copy

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from accounts import queries
from accounts.access import OPERATOR
from accounts.actions import authority as actions
from accounts.authority_forms import AuthorityForm, TextsForm
from accounts.requests import OrganisationRequest, PublicRequest
from core.access import allow, public
from core.errors import Refusal

A_YEAR = 365 * 24 * 3600


@allow(OPERATOR, methods="GET POST")
def authority(request: OrganisationRequest) -> HttpResponse:
    """Names, colour, logo, languages, canton."""
    # Another copy: a form that is refused must not change what this very page shows.
    form = AuthorityForm(
        request.POST or None, request.FILES or None, instance=copy(request.tenant)
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["logo_file"]
        try:
            actions.save_authority(
                by=request.membership,
                form=form,
                logo=upload.read(actions.LARGEST_LOGO + 1) if upload else None,
                forget_logo=form.cleaned_data.get("forget_logo") or False,
            )
        except Refusal as error:
            form.refuse(error, field="logo_file")
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:authority")
    status = 422 if form.is_bound else 200
    context = {"form": form}
    return render(
        request, "accounts/administration/authority.html", context, status=status
    )


@allow(OPERATOR, methods="GET POST")
def texts(request: OrganisationRequest) -> HttpResponse:
    """Support, help, accessibility, data protection, legal notice."""
    form = TextsForm(request.POST or None, tenant=request.tenant)
    if request.method == "POST" and form.is_valid():
        actions.save_texts(by=request.membership, texts=form.texts())
        messages.success(request, _("Saved."))
        return redirect("accounts:texts")
    status = 422 if form.is_bound else 200
    return render(
        request, "accounts/administration/texts.html", {"form": form}, status=status
    )


@public()
def logo(request: PublicRequest, digest: str) -> HttpResponse:
    """The authority's picture; its address changes with it."""
    if not digest or digest != request.tenant.logo_digest:
        raise Http404
    png = queries.logo_of(request.tenant)
    response = HttpResponse(png, content_type="image/png")
    patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    return response
