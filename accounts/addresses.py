"""Addresses of a tenant for messages: from its own host names, never from a request's."""

from django.conf import settings

from accounts.models import Tenant


def absolute(tenant: Tenant, path: str) -> str:
    """The whole address of a path such as "/booking/dates/"."""
    host = tenant.hosts.order_by("pk").values_list("host", flat=True).first()
    return f"{settings.SCHEME}://{host or 'localhost'}{settings.PORT_SUFFIX}{path}"
