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
LARGEST_LIST = 2 * 1024 * 1024


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

    Reads what Excel saves: either encoding, separated by comma, semicolon or tab.
    Raises Refusal for what is no such list.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=separator)
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if missing := [name for name in columns[:needed] if name not in names]:
        raise Refusal(
            gettext_lazy("These columns are missing: %(names)s.")
            % {"names": ", ".join(missing)},
            field="file",
        )
    reader.fieldnames = names
    rows = []
    for number, row in enumerate(reader, start=2):
        if number > MOST_LINES:
            raise Refusal(gettext_lazy("The list is too long."), field="file")
        cleaned = {name: (row.get(name) or "").strip() for name in columns}
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
