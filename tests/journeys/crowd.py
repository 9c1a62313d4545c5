"""Many citizens of the demonstration's town, signed in over HTTP."""

from tests.journeys.house import House
from tests.journeys.test_rush import Browser

TOWN = "mairie"
# Run by `manage.py shell` within the house: accounts as the portal makes them, without a password.
MAKE = """
from accounts.actions import terms
from accounts.actions.people import give_role
from accounts.models import Membership, Tenant, User
tenant = Tenant.objects.get(slug="{town}")
portal = Membership.objects.get(user__username="aline.chopard").organisation
for number in range({count}):
    name = f"citizen.{{number}}"
    user, new = User.objects.get_or_create(tenant=tenant, username=name, defaults={{
        "email": f"{{name}}@example.org", "first_name": "Ida", "last_name": f"Muster {{number}}"}})
    give_role(user=user, organisation=portal, role="counters.citizen")
    terms.accept(user=user, terms=tenant.terms)
"""


def citizens(house: House, count: int) -> list[Browser]:
    """So many people, each with an account and a session of their own."""
    house.manage("shell", "-v0", "-c", MAKE.format(town=TOWN, count=count))
    return [
        Browser(house, f"citizen.{number}", house.port, TOWN) for number in range(count)
    ]
