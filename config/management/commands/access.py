"""docs/access.md: which role reaches which address, from the declarations on the views."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import registry
from config.management.generated import Generated
from core.access import ADMINISTRATORS, DEMO, PUBLIC, ROLES, SIGNED_IN, Access

INTRO = """# Who reaches what

Generated from the declarations on the views (`python3 run.py manage access`); a view that
declares nothing is refused. ● reaches it; within it, everybody sees only what is theirs
(`visible_to` of each model), which `tests/accounts/test_isolation.py` tries out.
"""
REACH = {
    PUBLIC: "everybody",
    SIGNED_IN: "whoever is signed in with the second factor",
    ADMINISTRATORS: "administrators of an organisation",
}


class Command(Generated):
    help = "Writes docs/access.md, the table route × role."

    def pages(self) -> dict[str, str]:
        """One page: open addresses first, then a table for each app."""
        rows = sorted(declared())
        parts = [
            INTRO,
            "## Without a role\n",
            "| address | methods | who |",
            "|---|---|---|",
        ]
        parts += [
            f"| `{path}` | {_methods(access)} | {REACH[access.kind]} |"
            for path, access in rows
            if access.kind != ROLES
        ]
        for app in sorted({key.partition(".")[0] for key in registry.roles}):
            parts += _table(app, [row for row in rows if _is_of(row[1], app)])
        return {"access.md": "\n".join(parts)}


def declared() -> Iterator[tuple[str, Access]]:
    """Every address of the house with its declaration; a demonstration has some more."""

    def walk(node: URLResolver, before: str) -> Iterator[tuple[str, Any]]:
        for entry in node.url_patterns:
            path = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield f"/{path}", entry.callback
            else:
                yield from walk(entry, path)

    view: Callable[..., Any]
    for path, view in walk(get_resolver(), ""):
        access: Access = view.access  # type: ignore[attr-defined]
        if access.kind != DEMO:
            yield path.replace("^", "").replace("$", ""), access


def _is_of(access: Access, app: str) -> bool:
    return any(role.startswith(f"{app}.") for role in access.roles)


def _table(app: str, rows: list[tuple[str, Access]]) -> list[str]:
    roles = sorted(key for key in registry.roles if key.startswith(f"{app}."))
    if not rows:
        return []
    names = " | ".join(role.partition(".")[2] for role in roles)
    lines = [f"\n## {app}\n", f"| address | methods | {names} |"]
    lines.append("|---|---|" + "---|" * len(roles))
    for path, access in rows:
        marks = " | ".join("●" if role in access.roles else "" for role in roles)
        lines.append(f"| `{path}` | {_methods(access)} | {marks} |")
    return lines


def _methods(access: Access) -> str:
    return " ".join(sorted(access.methods - {"HEAD"}))
