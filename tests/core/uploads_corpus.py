"""Hostile and honest files, made by code."""

import io
import stat
import zipfile
from collections.abc import Callable

import pikepdf
from PIL import Image


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **save: object) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, kind)
    return out.getvalue()


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def _action(**entries: object) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Dictionary(entries)

    return change


def _named(key: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        document.Root[key] = pikepdf.Dictionary()

    return change


def _annotation(subtype: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(subtype)
        )
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])

    return change


def _attached(document: pikepdf.Pdf) -> None:
    document.attachments["run.exe"] = b"MZ"


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("form.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def _encrypted_zip() -> bytes:
    content = bytearray(zipped(("form.pdf", pdf())))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def _lying_zip() -> bytes:
    content = bytearray(zipped(("form.pdf", pdf() + b" " * 100_000)))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (100).to_bytes(4, "little")
    return bytes(content)


JS = {"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("app.alert(1)")}
LAUNCH = {"/S": pikepdf.Name.Launch, "/F": pikepdf.String("cmd.exe")}


def hostile() -> dict[str, bytes]:
    good = pdf()
    return {
        "empty": b"",
        "program renamed": b"MZ\x90\x00" + b"\x00" * 200,
        "html with a PDF in its head": b"<html><!-- %PDF-1.7 --><script>1</script>",
        "picture alone": image("PNG"),
        "pdf and zip at once": good + zipped(("a.pdf", good)),
        "broken pdf": b"%PDF-1.7\n" + b"garbage " * 50,
        "cut pdf": good[: len(good) // 3],
        "protected pdf": pdf(encryption=pikepdf.Encryption(owner="a", user="b")),
        "owner-protected pdf": pdf(encryption=pikepdf.Encryption(owner="a", user="")),
        "javascript on opening": pdf(_action(**JS)),
        "launch on opening": pdf(_action(**LAUNCH)),
        "additional actions": pdf(_named("/AA")),
        "file attached": pdf(_attached),
        "attachment note": pdf(_annotation("/FileAttachment")),
        "rich media": pdf(_annotation("/RichMedia")),
        "xfa form": pdf(
            lambda d: setattr(
                d.Root, "AcroForm", pikepdf.Dictionary(XFA=pikepdf.Array([]))
            )
        ),
        "bomb": zipped(("form.pdf", b"\x00" * 50_000_000)),
        "many members": zipped(*((f"{n}.png", image("PNG")) for n in range(21))),
        "zip in zip": zipped(("inner.zip", zipped(("a.pdf", good)))),
        "path upwards": zipped(("../../form.pdf", good)),
        "absolute path": zipped(("/etc/form.pdf", good)),
        "windows path": zipped(("C:\\form.pdf", good)),
        "name turned round": zipped(("form\u202efdp.exe", good)),
        "symbolic link": zipped((_link(), b"/etc/passwd")),
        "script inside": zipped(("form.js", b"alert(1)")),
        "macro inside": zipped(("form.docm", b"PK\x05\x06macro")),
        "program named pdf": zipped(("form.pdf", b"MZ\x90\x00")),
        "active pdf inside": zipped(("form.pdf", pdf(_action(**JS)))),
        "protected zip": _encrypted_zip(),
        "lying sizes": _lying_zip(),
        "empty zip": zipped(),
        "broken zip": zipped(("form.pdf", good))[:-30],
    }


def honest() -> dict[str, bytes]:
    goto = {"/S": pikepdf.Name.GoTo, "/D": pikepdf.Array([])}
    scan = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(scan, "PDF")
    return {
        "plain": pdf(),
        "scan": scan.getvalue(),
        "opens at a page": pdf(_action(**goto)),
        "plain form": pdf(
            lambda d: setattr(
                d.Root, "AcroForm", pikepdf.Dictionary(Fields=pikepdf.Array([]))
            )
        ),
        "compressed": pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "zip with a picture": zipped(("scan.jpg", image("JPEG"))),
        "zip with both": zipped(("scan.png", image("PNG")), ("form.pdf", pdf())),
        "zip in a folder": zipped(("dossier/Form.PDF", pdf())),
    }
