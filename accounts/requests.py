"""What our middleware puts on the request, for the type checker."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, Organisation, Tenant, User


class HouseRequest(HttpRequest):
    """Any request, on whatever host, of whomever."""

    id: str
    user: User | AnonymousUser
    tenant: Tenant | None
    membership: Membership | None
    memberships: list[Membership]
    htmx: HtmxDetails


class PublicRequest(HttpRequest):
    """Any request that has reached a tenant."""

    id: str
    tenant: Tenant
    htmx: HtmxDetails


class PersonRequest(PublicRequest):
    """A request of someone wholly signed in."""

    user: User
    memberships: list[Membership]


class OrganisationRequest(PersonRequest):
    """A request of someone working in an organisation, in a role."""

    membership: Membership
    organisation: Organisation
