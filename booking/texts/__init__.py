"""The printed documents' fixed texts, a TOML file a language; « à relire » until proofread."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# Codes that other lists use for a language that we have.
SAME = {"prs": "fa", "ku": "kmr", "gsw": "de"}
DEFAULT = "fr"


@cache
def offered_languages() -> tuple[str, ...]:
    """The languages that both documents exist in."""
    found = [
        {p.stem for p in (HERE / kind).glob("*.toml")}
        for kind in ("invitation", "sheet")
    ]
    return tuple(sorted(found[0] & found[1]))


def nearest_language(code: str) -> str:
    """The language itself, its sibling (`pt-BR` → `pt`, `prs` → `fa`), else French."""
    base = code.replace("_", "-").partition("-")[0].lower()
    near = SAME.get(base, base)
    return near if near in offered_languages() else DEFAULT


@cache
def texts(kind: str, language: str) -> dict[str, Any]:
    """The texts of a document ("invitation", "sheet"); KeyError for a language not offered."""
    path = HERE / kind / f"{language}.toml"
    if language not in offered_languages():
        raise KeyError(language)
    return tomllib.loads(path.read_text(encoding="utf-8"))
