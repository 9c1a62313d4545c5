"""What a first visit weighs, and what the content security policy would refuse."""

import gzip
import re
from pathlib import Path

from django.conf import settings

MOST_BYTES = 40 * 1024
STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def linked() -> list[Path]:
    """Styles and scripts that every page names."""
    parts = ["layouts/base.html", "components/stylesheets.html"]
    source = "".join((TEMPLATES / part).read_text(encoding="utf-8") for part in parts)
    named = re.findall(r'{% static "([^"]+\.(?:css|js))" %}', source)
    return [STATIC / name for name in named]


def test_a_first_visit_is_light() -> None:
    assert len(linked()) == 9
    weight = sum(len(gzip.compress(path.read_bytes())) for path in linked())
    assert weight <= MOST_BYTES


def test_no_template_holds_a_style_or_a_script() -> None:
    refused = re.compile(
        r"""\sstyle=["']|<script(?![^>]*\ssrc=)|\son(?!e=)[a-z]+=["']"""
    )
    found = [
        path.name
        for path in TEMPLATES.rglob("*.html")
        if refused.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
