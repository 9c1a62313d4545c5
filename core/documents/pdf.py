"""Words to tagged PDF by Typst. Words are data: nothing of them is ever read as markup (TRUST §0.7)."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from core.documents.fields import add_fields

# Far above any real letter; setting this much takes less than a second.
LONGEST = 200_000


class TooLong(ValueError):
    """More words than any letter has."""


@dataclass(frozen=True)
class Letter:
    """A document to print: its template in `templates/letters`, and all that it says."""

    template: str
    words: dict[str, Any]

    def text(self) -> str:
        """What the template gets. Raises TooLong."""
        text = json.dumps(self.words, ensure_ascii=False, sort_keys=True)
        if len(text) > LONGEST:
            raise TooLong(self.template)
        return text

    def fingerprint(self) -> str:
        """Stands for all that is printed, words and layout."""
        text = json.dumps([layout(), self.template, self.words], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "letters"


@cache
def layout() -> str:
    """Stands for the templates as they are now."""
    texts = [path.read_bytes() for path in sorted(_folder().glob("*.typ"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()


@cache
def _fonts() -> Any:
    """Our own fonts and no others: a letter looks the same on every machine."""
    import typst

    fonts = Path(settings.BASE_DIR) / "static" / "fonts" / "letters"
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )


def warm_up() -> None:
    """Reads the fonts before the first letter."""
    _fonts()


def logo(name: str) -> str:
    """The drawing of a tenant's logo, an SVG file among our static ones; empty without one."""
    root = Path(settings.BASE_DIR) / "static"
    path = (root / name).resolve()
    if not name or not path.is_relative_to(root.resolve()) or not path.is_file():
        return ""
    return path.read_text(encoding="utf-8")


def drawn(png: bytes) -> str:
    """A picture as a drawing, which is what letters take."""
    href = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<image width="100" height="100" href="{href}"/></svg>'
    )


def render_pdf(letter: Letter) -> bytes:
    """The letter as PDF/UA-1. Raises TooLong.

    The compiler may read its own templates and nothing else: not the disk, not the network.
    """
    import typst

    compiler = typst.Compiler(
        input=_folder() / letter.template,
        root=_folder(),
        font_paths=_fonts(),
        sys_inputs={"letter": letter.text()},
    )
    # Bytes: only where pages become pictures the compiler answers with a list.
    content = cast(bytes, compiler.compile(format="pdf", pdf_standards=["ua-1"]))
    fields = json.loads(compiler.query("<field>", field="value"))
    return add_fields(content, fields) if fields else content
