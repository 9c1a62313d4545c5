"""People to look after, and one who looks after all."""

import pytest

from accounts.models import Membership
from tests.conftest import Canton, organisation, person


@pytest.fixture
def colleague(canton: Canton) -> Membership:
    return person(
        canton.tenant, "colleague", canton.commune.organisation, "booking.commune"
    )


@pytest.fixture
def operator(canton: Canton) -> Membership:
    works = organisation(canton.tenant, "Direction")
    return person(canton.tenant, "op", works, "accounts.operator", administrator=True)
