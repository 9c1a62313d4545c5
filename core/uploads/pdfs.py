"""What a PDF may hold: two parsers agree that it is one, and nothing in it acts by itself."""

import io
from collections.abc import Callable, Iterator

import pikepdf
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.errors import Refusal, Sentence

MAX_PAGES = 200
MAX_OBJECTS = 60_000  # a second's work
# For the whole process, before any thread parses: what a stream may unpack to, and how
# wild the brackets may be. A scan's pictures are never unpacked here.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=32 * 1024 * 1024,
    run_length_max_memory=32 * 1024 * 1024,
    max_stream_filters=5,
    parser_max_container_size=500_000,
    doc_max_warnings=1000,
)
# Keys that make a reader do something, and names of actions that do.
ACTIVE_KEYS = {
    "/AA",
    "/JavaScript",
    "/JS",
    "/EmbeddedFiles",
    "/EF",
    "/RichMedia",
    "/XFA",
}
ACTIVE_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/GoToE",
    "/RichMediaExecute",
}
ACTIVE_SUBTYPES = {
    "/RichMedia",
    "/FileAttachment",
    "/Movie",
    "/Sound",
    "/Screen",
    "/3D",
}

Refuse = Callable[[Sentence], Refusal]


def judge(content: bytes, refuse: Refuse) -> None:
    """Raises `refuse(sentence)` unless this is a harmless PDF."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise refuse(_protected())
            pages = len(pdf.pages)
            active = any(_is_active(thing) for thing in _dictionaries(pdf, refuse))
    except pikepdf.PasswordError as error:
        raise refuse(_protected()) from error
    except (pikepdf.PdfError, RecursionError, ValueError) as error:
        raise refuse(_broken()) from error
    if active:
        raise refuse(
            _("This PDF holds a program or attachments. Print it to a new PDF first.")
        )
    if not 0 < pages <= MAX_PAGES:
        raise refuse(_("This PDF has no page, or more than 200."))
    _parse_again(content, refuse)


def _parse_again(content: bytes, refuse: Refuse) -> None:
    try:
        if not len(PdfReader(io.BytesIO(content)).pages):
            raise refuse(_broken())
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise refuse(_broken()) from error


def _dictionaries(pdf: pikepdf.Pdf, refuse: Refuse) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, also those inside others, each once.

    Raises when there are too many to look at: what is not looked at could be anything.
    """
    waiting: list[pikepdf.Object] = list(pdf.objects)
    waiting.append(pdf.trailer)
    seen = 0
    while waiting:
        thing = waiting.pop()
        if seen > MAX_OBJECTS:
            raise refuse(
                _("This PDF is too complicated to check. Print it to a new PDF first.")
            )
        if isinstance(thing, pikepdf.Array):
            waiting.extend(item for item in thing if _is_inner(item))
        elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            seen += 1
            yield thing
            waiting.extend(value for value in thing.values() if _is_inner(value))


def _is_inner(thing: object) -> bool:
    """Direct containers only: indirect ones are in the file's own list."""
    return (
        isinstance(thing, (pikepdf.Array, pikepdf.Dictionary)) and not thing.is_indirect
    )


def _is_active(thing: pikepdf.Object) -> bool:
    keys = set(thing.keys())
    if keys & ACTIVE_KEYS:
        return True
    if str(thing.get("/S", "")) in ACTIVE_ACTIONS:
        return True
    return str(thing.get("/Subtype", "")) in ACTIVE_SUBTYPES


def _protected() -> Sentence:
    return _(
        "This PDF is protected by a password. Save it without one, then upload it."
    )


def _broken() -> Sentence:
    return _("This PDF is broken and cannot be read. Make it anew.")
