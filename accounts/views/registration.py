"""« Créer un compte », where a role is open to everybody (CTR-024)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.actions import registration
from accounts.attempts import TooManyAttempts
from accounts.forms import RegisterForm
from accounts.requests import PublicRequest
from core.access import public
from core.middleware import client_address


@public(methods="GET POST")
def register(request: PublicRequest) -> HttpResponse:
    """Asks for the address alone; the answer is the same whoever it is."""
    role = registration.open_role(request.tenant)
    if role is None:
        raise Http404
    form = RegisterForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            if not form.cleaned_data["website"]:
                registration.register(
                    tenant=request.tenant,
                    role=role,
                    email=form.cleaned_data["email"],
                    language=request.LANGUAGE_CODE or "fr",
                    address=client_address(request),
                )
        except TooManyAttempts as error:
            form.refuse(error)
            status = 429
        else:
            return render(request, "accounts/register_sent.html")
    context = {"form": form, "role": role}
    return render(request, "accounts/register.html", context, status=status)
