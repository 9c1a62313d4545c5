"""HTML to PDF/UA by WeasyPrint, which may read our own files and nothing else (TRUST §0.7)."""

import gc
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation

OWN = "perronstatic:"


class NoPango(Exception):
    """The machine lacks the library that sets text; screens work, PDFs do not."""


class ForeignAddress(ValueError):
    """A document tried to read something that is not ours."""


@cache
def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise NoPango from error
    return weasyprint


@cache
def _fonts() -> Any:
    """One font configuration a process: reading the fonts costs more than a letter."""
    _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@cache
def _stylesheet() -> Any:
    """The letters' own stylesheet with its fonts, parsed once a process."""
    return _weasyprint().CSS(
        url=f"{OWN}css/letter.css", url_fetcher=_fetcher(), font_config=_fonts()
    )


@cache
def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
        """Answers for `perronstatic:` and `data:` only."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            return URLFetcherResponse(url, body=own_file(url).read_bytes())

    return OwnFilesOnly(allowed_protocols=["data"])


def own_file(url: str) -> Path:
    """The static file behind a `perronstatic:` address; raises ForeignAddress."""
    if urlsplit(url).scheme != OWN.rstrip(":"):
        raise ForeignAddress(url)
    name = url.removeprefix(OWN)
    try:
        found = finders.find(name)
    except SuspiciousFileOperation as error:
        raise ForeignAddress(url) from error
    roots = [Path(settings.BASE_DIR) / "static"]
    if not isinstance(found, str) or not any(
        Path(found).resolve().is_relative_to(root.resolve()) for root in roots
    ):
        raise ForeignAddress(url)
    return Path(found)


def warm_up() -> None:
    """Reads library, fonts and stylesheet before the first letter, and keeps them for good.

    What is read then is no garbage: a full collection would cost more than a letter.
    """
    with suppress(NoPango):
        _stylesheet()
    gc.collect()
    gc.freeze()


def render_pdf(html: str) -> bytes:
    """The page as a tagged PDF. Raises NoPango, ForeignAddress is swallowed with a log line."""
    page = _weasyprint().HTML(string=html, base_url=OWN, url_fetcher=_fetcher())
    rendered: bytes = page.write_pdf(
        stylesheets=[_stylesheet()], font_config=_fonts(), pdf_variant="pdf/ua-1"
    )
    return rendered
