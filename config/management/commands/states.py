"""docs/states/<app>.md: diagrams of every table in an app's states.py."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils import translation

from config.management.generated import Generated


class Command(Generated):
    help = "Writes docs/states/, one page for each app with a states.py."

    def pages(self) -> dict[str, str]:
        """One page an app; a table is a dict from a state to the set that may follow."""
        found = {}
        with translation.override(None):
            for config in apps.get_app_configs():
                if find_spec(f"{config.name}.states"):
                    module = import_module(f"{config.name}.states")
                    found[f"states/{config.label}.md"] = page(config.label, module)
        return found


def page(app: str, module: Any) -> str:
    """The tables of a module as Mermaid diagrams."""
    tables = [
        (name, value)
        for name, value in vars(module).items()
        if name.startswith("MAY_FOLLOW") and isinstance(value, dict)
    ]
    parts = [
        f"# States of {app}\n",
        f"Generated from `{app}/states.py` (`python3 run.py manage states`).\n",
        "What has no arrow here is refused.\n",
    ]
    for _name, table in tables:
        parts += [f"## {type(next(iter(table))).__name__}\n", diagram(table)]
    return "\n".join(parts)


def diagram(table: dict[Any, frozenset[Any]]) -> str:
    """Mermaid's stateDiagram: labels, then arrows, in the table's own order."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in table]
    first = next(iter(table))
    lines.append(f"    [*] --> {first.value}")
    order = list(table)
    for state, following in table.items():
        for other in sorted(following, key=order.index):
            lines.append(f"    {state.value} --> {other.value}")
        if not following:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join([*lines, "```\n"])
