"""Tables as Excel and CSV: typed cells, and no text that a spreadsheet would run."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

FORBIDDEN = re.compile(r"[\\/*?:\[\]]")  # in the name of a sheet
RUNS = ("=", "+", "-", "@", "\t", "\r")
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(sheets: dict[str, Iterable[Sequence[Any]]], zone: dt.tzinfo) -> bytes:
    """Sheets by name, the first row of each its heads; moments in local time."""
    from openpyxl import Workbook  # noqa: PLC0415 (heavy, and seldom needed)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(FORBIDDEN.sub(" ", name)[:31])
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=_plain(value, zone))
                if isinstance(value, str):
                    cell.data_type = "s"  # « =1+1 » stays the text that somebody wrote
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(value: Any, zone: dt.tzinfo) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    if isinstance(value, int | float | dt.date | str) or value is None:
        return value
    return str(value)


def xlsx_response(content: bytes, filename: str) -> HttpResponse:
    """The workbook to keep."""
    response = HttpResponse(content, content_type=KIND)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_response(rows: Iterable[Sequence[Any]], filename: str) -> HttpResponse:
    """The rows to keep, as a Swiss Excel opens them: semicolons, UTF-8 with its mark."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response, delimiter=";", lineterminator="\r\n")
    writer.writerows([[_harmless(value) for value in row] for row in rows])
    return response


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe before it (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in RUNS:
        return f"'{value}"
    return "" if value is None else value
