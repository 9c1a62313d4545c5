"""A town to try counters in."""

import pytest

from accounts.models import Membership
from tests.conftest import make_canton, organisation, person
from tests.counters.town import Town, make_town


@pytest.fixture
def town(db: None) -> Town:
    return make_town(make_canton("berne").tenant)


@pytest.fixture
def citizen(town: Town) -> Membership:
    portal = organisation(town.tenant, "Portail")
    return person(town.tenant, "aline", portal, "counters.citizen")
