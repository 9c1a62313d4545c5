"""Boxes of a printed form become fields that can be filled in on a screen (BKG-016)."""

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree

PRINTED = 4  # annotation flag: shown on paper too
MULTILINE, CHOICE = 1 << 12, 1 << 17  # field flags, ISO 32000-1 tables 228 and 230


def add_fields(content: bytes, fields: list[dict[str, Any]]) -> bytes:
    """The PDF with a form: a field each, named, told to screen readers, in reading order.

    A field has `key`, `label`, `kind` ("line", "long", "choice"), `choices`, its `page` from 1,
    and its box in points from the page's upper left corner.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        widgets = [_widget(pdf, field) for field in fields]
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Name.WinAnsiEncoding,
        )
        pdf.Root.AcroForm = Dictionary(
            Fields=Array(widgets),
            NeedAppearances=True,
            DA=pikepdf.String("/Helv 10 Tf 0 g"),
            DR=Dictionary(Font=Dictionary(Helv=pdf.make_indirect(font))),
        )
        buffer = io.BytesIO()
        pdf.save(buffer)
    return buffer.getvalue()


def _widget(pdf: pikepdf.Pdf, field: dict[str, Any]) -> pikepdf.Object:
    page = pdf.pages[field["page"] - 1]
    top = float(page.mediabox[3]) - field["y"]
    widget = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Ch if field["kind"] == "choice" else Name.Tx,
            T=field["key"],
            TU=field["label"],
            Rect=[field["x"], top - field["height"], field["x"] + field["width"], top],
            F=PRINTED,
            DA=pikepdf.String("/Helv 10 Tf 0 g"),
            P=page.obj,
        )
    )
    if field["kind"] == "choice":
        widget.Ff = CHOICE
        widget.Opt = Array([pikepdf.String(words) for words in ["", *field["choices"]]])
    elif field["kind"] == "long":
        widget.Ff = MULTILINE
    if "/Annots" not in page:
        page.Annots = Array()
    page.Annots.append(widget)
    _tag(pdf, page, widget)
    return widget


def _tag(pdf: pikepdf.Pdf, page: pikepdf.Page, widget: pikepdf.Object) -> None:
    """Makes the field a `Form` of the structure tree, as PDF/UA asks."""
    root = pdf.Root.StructTreeRoot
    parents = NumberTree(root.ParentTree)
    key = max(parents.keys(), default=-1) + 1
    document = root.K[0] if isinstance(root.K, Array) else root.K
    element = pdf.make_indirect(
        Dictionary(
            Type=Name.StructElem,
            S=Name.Form,
            P=document,
            K=Dictionary(Type=Name.OBJR, Obj=widget, Pg=page.obj),
        )
    )
    document.K = Array([*document.K, element])
    parents[key] = element
    root.ParentTreeNextKey = key + 1
    widget.StructParent = key
