"""Walking through the door in tests: somebody's browser, password, code, links of mails."""

import re

from django.test import Client

from accounts.actions import people
from accounts.models import Invitation, Membership, User
from core.messages.models import OutgoingMessage
from tests.conftest import PASSWORD, code_of

DATES = "/booking/dates/"
NEW_PASSWORD = "tout autre chose ici"
# What differs from answer to answer: tokens of forms and numbers of requests.
CHANGING = re.compile(r'value="\w{64}"|\b[0-9a-f]{16}\b')


def browser(address: str = "127.0.0.1", *, tenant: str = "berne") -> Client:
    """A browser at this address that nobody has signed in with."""
    return Client(headers={"host": f"{tenant}.localhost"}, REMOTE_ADDR=address)


def password(client: Client, login: str = "commune", typed: str = PASSWORD) -> int:
    """Sends name and password; the status says whether they were right."""
    data = {"login": login, "password": typed, "stay": "0"}
    return client.post(f"/sign-in/?next={DATES}", data).status_code


def code(client: Client, user: User, *, ahead: int = 0, remember: bool = False) -> int:
    """Sends the code that the person's app shows, or will show `ahead` steps from now."""
    data = {"code": code_of(user, ahead=ahead), "remember": str(int(remember))}
    return client.post("/sign-in/code/", data).status_code


def is_inside(client: Client) -> bool:
    """Whether somebody is wholly signed in."""
    return client.get("/account/").status_code == 200


def path_in_mail(kind: str) -> str:
    """The path of the link in the newest message of this kind."""
    message = OutgoingMessage.objects.filter(kind=kind).latest("created_at")
    found = re.search(r"https?://[^/\s]+(/\S+/link/\S+)", message.text)
    assert found
    return found[1]


def plain(page: str) -> str:
    """A page without what differs from answer to answer."""
    return CHANGING.sub("", page)


def invite(by: Membership, email: str, **more: object) -> Invitation:
    """Somebody is invited as a colleague, unless told otherwise."""
    wanted = {"role": "booking.commune", "administrator": False, "language": "fr"}
    return people.invite(by=by, email=email, **{**wanted, **more})  # type: ignore[arg-type]


def told(address: str) -> set[str]:
    """The kinds of messages that went to this address."""
    sent = OutgoingMessage.objects.filter(to=address)
    return {kind.partition(".")[2] for kind in sent.values_list("kind", flat=True)}
