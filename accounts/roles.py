"""Roles, declared by each app in its access.py, and the menus that go with them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from django.utils.module_loading import autodiscover_modules

from core.errors import Sentence

if TYPE_CHECKING:
    from accounts.requests import PersonRequest


@dataclass(frozen=True)
class Role:
    """What one may be in an organisation; `may` is a sentence that says what it allows.

    `second_factor`: whether the tenant's policy asks for one (not of citizens, CTR-024).
    `open`: whether anybody may take it by registering.
    """

    key: str
    label: Sentence
    may: Sentence
    invites: frozenset[str]
    own_page: str
    second_factor: bool = True
    open: bool = False

    @property
    def app(self) -> str:
        """The app that declared it."""
        return self.key.partition(".")[0]


@dataclass(frozen=True)
class Page:
    """An entry of the second row of the bar; `count` says how many wait there.

    `also` names screens at other addresses that belong to the page.
    """

    label: Sentence
    url_name: str
    also: tuple[str, ...] = ()
    count: Callable[["PersonRequest"], int] | None = None


@dataclass(frozen=True)
class Area:
    """An entry of the bar with its pages, for the people of some roles."""

    label: Sentence
    roles: frozenset[str]
    pages: tuple[Page, ...]
    last: bool = False

    def is_for(self, role: str, apps: list[str]) -> bool:
        """Whether it stands in the bar of this role with a tenant that has these apps."""
        app = self.pages[0].url_name.partition(":")[0]
        return role in self.roles and app in {"accounts", *apps}


@dataclass
class Registry:
    """All roles and areas of the house; filled by `discover()`."""

    roles: dict[str, Role] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)


registry = Registry()


def declare(
    key: str,
    *,
    label: Sentence,
    may: Sentence,
    invites: tuple[str, ...] = (),
    own_page: str = "accounts:account",
    second_factor: bool = True,
    open_to_all: bool = False,
) -> str:
    """Declares a role and gives its key back.

    `invites`: roles its administrators invite. `own_page`: where a click on the
    organisation's name at the top right leads.
    """
    registry.roles[key] = Role(
        key, label, may, frozenset(invites), own_page, second_factor, open_to_all
    )
    return key


def area(
    label: Sentence, *roles: str, pages: tuple[Page, ...], last: bool = False
) -> None:
    """Puts an area into the bar of these roles, or at the end of it."""
    registry.areas.append(Area(label, frozenset(roles), pages, last))
    registry.areas.sort(key=lambda one: one.last)


def role(key: str) -> Role:
    """The role of this key; raises KeyError for one that no app declares."""
    return registry.roles[key]


def discover() -> None:
    """Reads every app's access.py, and its privacy.py: what becomes of personal data."""
    autodiscover_modules("access")
    autodiscover_modules("privacy", "subjects", "acts")
    for part in ("tables", "kinds"):
        import_module(f"core.privacy.{part}")
