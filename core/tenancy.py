"""What belongs to a tenant says so in its own column."""

import uuid
from typing import Any, Self

from django.db import models


class TenantQuerySet(models.QuerySet[Any]):
    """The only doors to the rows: of a tenant, or visible to a membership."""

    def of(self, tenant: models.Model) -> Self:
        """The rows of one tenant."""
        return self.filter(tenant=tenant)


class TenantOwned(models.Model):
    """A row of one tenant, with an id that may stand in an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.PROTECT, related_name="+"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
