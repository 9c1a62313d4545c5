"""Lists that an operator imports: read from CSV, planned, then done wholly or not at all."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal

MOST_LINES = 5000
# In bytes. Between plan and import the list travels in the form, a third longer as base64:
# it must stay below DATA_UPLOAD_MAX_MEMORY_SIZE.
LARGEST_LIST = 1024 * 1024
TOO_LONG = gettext_lazy(
    "A list may have 5000 lines and 1 MB. Divide it and import the parts."
)


@dataclass
class Plan:
    """What an import would do: lines to add and to change, and what is wrong."""

    add: list[dict[str, str]] = field(default_factory=list)
    change: list[dict[str, str]] = field(default_factory=list)
    same: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)

    def must_be_clean(self) -> None:
        """Raises Refusal where a line is wrong: nothing is imported by halves."""
        if self.errors:
            raise Refusal(
                gettext_lazy("Nothing was imported: correct the lines first.")
            )


def rows_of(
    content: bytes, columns: Sequence[str], *, needed: int
) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells by column; the first `needed` columns must be there.

    A column that the list does not have is in no line: it says nothing about what is known.
    Reads what Excel saves: either encoding, separated by comma, semicolon or tab, with the
    line ends of any system. Raises Refusal for what is no such list.
    """
    if len(content) > LARGEST_LIST:
        raise Refusal(TOO_LONG, field="file")
    try:
        return _cells(_reader(content), columns, needed)
    except csv.Error as error:
        raise Refusal(
            gettext_lazy("This file cannot be read as CSV: is a quotation mark open?"),
            field="file",
        ) from error


def _reader(content: bytes) -> "csv.DictReader[str]":
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    lines = io.StringIO(text.replace("\x00", ""), newline=None)
    first = lines.readline()
    lines.seek(0)
    return csv.DictReader(lines, delimiter=max(";,\t", key=first.count))


def _cells(
    reader: "csv.DictReader[str]", columns: Sequence[str], needed: int
) -> list[tuple[int, dict[str, str]]]:
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if missing := [name for name in columns[:needed] if name not in names]:
        raise Refusal(
            gettext_lazy("These columns are missing: %(names)s.")
            % {"names": ", ".join(missing)},
            field="file",
        )
    reader.fieldnames = names
    there = [name for name in columns if name in names]
    rows = []
    for number, row in enumerate(reader, start=2):
        if number > MOST_LINES:
            raise Refusal(TOO_LONG, field="file")
        cleaned = {name: (row[name] or "").strip() for name in there}
        if any(cleaned.values()):
            rows.append((number, cleaned))
    return rows


def wrong_address(email: str) -> str:
    """What is wrong with an e-mail address, in words; empty when nothing is, or none is given."""
    try:
        if email:
            validate_email(email)
    except ValidationError:
        return _("“%(text)s” is no e-mail address.") % {"text": email}
    return ""
