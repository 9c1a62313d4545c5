"""What our middleware puts on the request, for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, Organisation, Tenant, User


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
