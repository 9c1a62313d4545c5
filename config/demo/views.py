"""The demonstration's front page: who there is, the present code, one click to become them."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django_otp.oath import totp

from accounts.actions.factor import seed_as_text
from accounts.models import Tenant, User
from accounts.requests import PublicRequest
from accounts.roles import role
from accounts.views import half
from config.demo import people
from core.access import demo_only


def accounts() -> list[dict[str, Any]]:
    """Everybody with the tenant's address, password and second factor."""
    rows = []
    for slug, persons in {"berne": people.BERNE, **people.OTHERS}.items():
        url = f"{settings.SCHEME}://{slug}.localhost{settings.PORT_SUFFIX}/"
        rows += [
            {
                "tenant": slug,
                "url": url,
                "organisation": person.organisation,
                "role": person.role,
                "username": person.username,
                "password": people.PASSWORD,
                "totp_secret": seed_as_text(person.seed).replace(" ", ""),
            }
            for person in persons
        ]
    return rows


@demo_only()
def index(request: PublicRequest) -> HttpResponse:
    """The tenants and the people to sign in as."""
    seeds = {
        person.username: person.seed
        for persons in [people.BERNE, *people.OTHERS.values()]
        for person in persons
    }
    rows = [
        {
            **row,
            "label": role(row["role"]).label,
            "code": f"{totp(seeds[row['username']]):06d}",
        }
        for row in accounts()
    ]
    tenants = [
        {
            "tenant": tenant,
            "rows": [row for row in rows if row["tenant"] == tenant.slug],
        }
        for tenant in Tenant.objects.order_by("slug")
    ]
    return render(request, "demo/index.html", {"tenants": tenants})


@demo_only(methods="GET POST")
def become(request: PublicRequest, username: str) -> HttpResponse:
    """One click: signed in as this person, on the tenant's own host."""
    if request.tenant is None:
        raise Http404
    user = User.objects.of(request.tenant).filter(username=username).first()
    if user is None:
        raise Http404
    if request.method != "POST":
        return render(request, "demo/become.html", {"person": user})
    half.begin(request, user, stay=False, next_page="/")
    note = half.read(request)
    if note is None:
        raise Http404
    half.finish(request, note)
    return half.leave_for(request, note, remember=False)
