"""Lists as Excel and others save them, and what is no list."""

import pytest

from core.errors import Refusal
from core.imports import LARGEST_LIST, MOST_LINES, rows_of

COLUMNS = ("name", "email")
HERE = [
    (2, {"name": "Büren", "email": "a@x.example"}),
    (3, {"name": "Lyss", "email": ""}),
]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_read_however_it_was_saved(
    end: str, encoding: str, separator: str
) -> None:
    lines = [
        ("Name", "E-mail", "Email"),
        ("Büren", "", "a@x.example"),
        ("Lyss", "", ""),
    ]
    text = end.join(separator.join(cells) for cells in lines)
    assert rows_of(text.encode(encoding), COLUMNS, needed=1) == HERE


def test_what_the_database_would_refuse_is_left_out() -> None:
    assert rows_of(b"name,email\nB\x00ern,", COLUMNS, needed=1) == [
        (2, {"name": "Bern", "email": ""})
    ]


def test_a_column_that_is_not_there_is_in_no_line() -> None:
    assert rows_of(b"name\nBern", COLUMNS, needed=1) == [(2, {"name": "Bern"})]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"town\nBern",
        b'name,email\n"' + b"x" * 140_000,  # a quotation mark that nobody closes
        b"name\n" + b"x\n" * MOST_LINES,
        b"name\n".ljust(LARGEST_LIST + 1),
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
    ids=["empty", "columns", "quote", "lines", "size", "picture"],
)
def test_what_is_no_list_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        rows_of(content, COLUMNS, needed=1)
    assert refused.value.field == "file"
