"""Files that people and attackers send, made by code: name → bytes.

`honest()` must pass the gate, `hostile()` must not. Nothing here is kept on disk.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

Edit = Callable[[pikepdf.Pdf], None]
MEGABYTE = 1024 * 1024


def pdf(edit: Edit | None = None, *, pages: int = 1, **saving: object) -> bytes:
    """A small PDF with a line of text on each page, changed by `edit`."""
    made = pikepdf.new()
    for number in range(pages):
        made.add_blank_page(page_size=(595, 842))
        text = f"BT /F1 12 Tf 72 720 Td (Formulaire {number}) Tj ET".encode()
        made.pages[-1].Contents = made.make_stream(text)
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Helvetica")
        )
        made.pages[-1].Resources = Dictionary(Font=Dictionary(F1=font))
    if edit:
        edit(made)
    out = io.BytesIO()
    # Made twice it is the same twice, except where encryption forbids it.
    made.save(out, deterministic_id="encryption" not in saving, **saving)
    return out.getvalue()


def jpeg() -> bytes:
    """A scan's outline: the segments of a JPEG, one grey pixel."""
    return bytes.fromhex(
        "ffd8ffe000104a46494600010100000100010000ffdb004300"
        + "08" * 64
        + "ffc0000b080001000101011100ffc40014000100000000000000000000000000000009"
        "ffc40014100100000000000000000000000000000000ffda0008010100003f0037ffd9"
    )


def png() -> bytes:
    """One black pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), chunk(b"IDAT", body), chunk(b"IEND", b"")]
    )


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A zip of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def scan(made: pikepdf.Pdf) -> None:
    """The page is one JPEG, as scanners make them."""
    picture = Stream(
        made,
        jpeg(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=1,
        Height=1,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    made.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=picture))
    made.pages[0].Contents = made.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")


def signature(made: pikepdf.Pdf) -> None:
    """A signed form: AcroForm, field, signature dictionary."""
    signed = made.make_indirect(
        Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            SubFilter=Name("/adbe.pkcs7.detached"),
            ByteRange=Array([0, 10, 20, 30]),
            Contents=String(b"\x30\x82" + b"\x00" * 200),
        )
    )
    field = made.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String("Signature"),
            V=signed,
            Rect=Array([0, 0, 0, 0]),
        )
    )
    made.pages[0].Annots = Array([field])
    made.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)


def opens_at_page_one(made: pikepdf.Pdf) -> None:
    """Word and LibreOffice write this: an opening action that only goes to a page."""
    made.Root.OpenAction = Array([made.pages[0].obj, Name.Fit])


def link(made: pikepdf.Pdf) -> None:
    """A link to a page of the Internet: nothing happens unless it is clicked."""
    action = Dictionary(S=Name.URI, URI=String("https://www.be.ch/"))
    made.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action, Rect=Array([0] * 4))]
    )


def honest() -> dict[str, bytes]:
    """What must pass."""
    return {
        "a form": pdf(),
        "three pages": pdf(pages=3),
        "a scan": pdf(scan),
        "signed": pdf(signature),
        "opens at its first page": pdf(opens_at_page_one),
        "with a link": pdf(link),
        "fields to fill in": pdf(plain_form),
        "compact": pdf(
            object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True
        ),
        "a zip of scans": zipped(
            ("page 1.jpg", jpeg()), ("Größe/page 2.PNG", png()), ("c.pdf", pdf(scan))
        ),
    }


def action(**what: object) -> Edit:
    """Runs when the file is opened."""

    def edit(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = Dictionary(Type=Name.Action, **what)

    return edit


def named_script(made: pikepdf.Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    tree = Dictionary(Names=Array([String("a"), script]))
    made.Root.Names = Dictionary(JavaScript=tree)


def script_in_a_stream(made: pikepdf.Pdf) -> None:
    code = made.make_stream(b"app.alert(1)")
    made.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=code))


def script_behind_links(made: pikepdf.Pdf) -> None:
    """A harmless action whose third successor is a script."""
    last = made.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
    second = made.make_indirect(Dictionary(S=Name.GoTo, D=Array([]), Next=last))
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([]), Next=Array([second]))


def attachment(made: pikepdf.Pdf) -> None:
    made.attachments["virus.exe"] = b"MZ" + b"\x00" * 100


def associated_file(made: pikepdf.Pdf) -> None:
    """An attachment that stands in no list of attachments (PDF 2.0's /AF)."""
    content = made.make_stream(b"MZ", Type=Name.EmbeddedFile)
    made.Root.AF = Array(
        [Dictionary(Type=Name.Filespec, F=String("x.exe"), EF=Dictionary(F=content))]
    )


def rich_media(made: pikepdf.Pdf) -> None:
    made.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0] * 4))]
    )


def empty_actions(made: pikepdf.Pdf) -> None:
    """Nothing in it, yet the key alone is enough."""
    made.Root.AA = Dictionary()


def attachment_note(made: pikepdf.Pdf) -> None:
    made.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0] * 4))]
    )


def plain_form(made: pikepdf.Pdf) -> None:
    """Fields to fill in, as the interview form has."""
    made.Root.AcroForm = Dictionary(Fields=Array([]))


def xfa(made: pikepdf.Pdf) -> None:
    form = made.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=form)


def script_behind(crowd: int) -> Edit:
    """A script in the shadow of so many objects that a tired check would stop before it."""

    def edit(made: pikepdf.Pdf) -> None:
        _script_behind(made, crowd)

    return edit


def _script_behind(made: pikepdf.Pdf, crowd: int) -> None:
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    made.Root.Zoo = Array(
        [Dictionary(A=Dictionary(B=Dictionary(C=n))) for n in range(crowd)]
    )


def escaped_names() -> bytes:
    """#4a is J: the same name for a reader of PDF, another for a search in the bytes."""
    return pdf(action(S=Name.JavaScript, JS=String("app.alert(1)"))).replace(
        b"/S /JavaScript", b"/S /#4aavaScript"
    )


def stream_bomb() -> bytes:
    """An object stream of 200 kB that holds 200 MB: parsing it is what explodes."""
    packed = zlib.compress(b"1 0 " + b" " * (200 * MEGABYTE), 9)
    body = b"%PDF-1.7\n"
    first = len(body)
    body += (
        b"5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length "
        + str(len(packed)).encode()
        + b">>\nstream\n"
        + packed
        + b"\nendstream\nendobj\n"
    )
    xref = len(body)
    rows = [(2, 5, 0)] * 5 + [(1, first, 0), (1, xref, 0)]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    body += (
        b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length "
        + str(len(table)).encode()
        + b">>\nstream\n"
        + table
        + b"\nendstream\nendobj\n"
    )
    return body + b"startxref\n" + str(xref).encode() + b"\n%%EOF\n"


def nested(depth: int) -> bytes:
    """Brackets in brackets: what ends a parser that calls itself."""
    return pdf().replace(
        b"/Type /Catalog",
        b"/Type /Catalog /Deep " + b"[" * depth + b"]" * depth,
    )


def symlink() -> bytes:
    entry = zipfile.ZipInfo("form.pdf")
    entry.external_attr = 0o120777 << 16
    return zipped((entry, b"/etc/passwd"))


def lying_sizes() -> bytes:
    """Declares a hundred bytes, holds fifty megabytes."""
    big = 50 * MEGABYTE
    made = bytearray(zipped(("form.pdf", b"%PDF-" + b"0" * (big - 5))))
    small = struct.pack("<I", 100)
    return bytes(made).replace(struct.pack("<I", big), small)


def protected_zip() -> bytes:
    """The flag of a password on its only member."""
    made = bytearray(zipped(("form.pdf", pdf())))
    made[6] |= 1
    made[made.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def entries(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(str(number), b"")
    return out.getvalue()


def overlapping() -> bytes:
    """Many members that share one block of data (Fifield's bomb)."""
    made = bytearray(zipped(("a.pdf", b"%PDF-" + b"0" * MEGABYTE)))
    start, end = made.rindex(b"PK\x01\x02"), made.rindex(b"PK\x05\x06")
    row = bytes(made[start:end])
    rows = b"".join(row.replace(b"a.pdf", f"{c}.pdf".encode()) for c in "abcdefghij")
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 10, 10, len(rows), start, 0)
    return bytes(made[:start]) + rows + tail


def hostile() -> dict[str, bytes]:
    """What must not pass."""
    script = action(S=Name.JavaScript, JS=String("app.alert(1)"))
    return (
        _hostile_kinds()
        | _hostile_zips()
        | {
            "script on opening": pdf(script),
            "script by name": pdf(named_script),
            "script in a stream": pdf(script_in_a_stream),
            "script behind links": pdf(script_behind_links),
            "script behind a crowd": pdf(script_behind(10_000)),
            "script behind a multitude": pdf(script_behind(50_000)),
            "script in an object stream": pdf(
                script, object_stream_mode=pikepdf.ObjectStreamMode.generate
            ),
            "script under an escaped name": escaped_names(),
            "starts a program": pdf(action(S=Name.Launch, F=String("cmd.exe"))),
            "sends the form away": pdf(action(S=Name.SubmitForm, F=String("http://x"))),
            "opens another file": pdf(action(S=Name.GoToE, F=String("x.pdf"))),
            "attachment": pdf(attachment),
            "associated file": pdf(associated_file),
            "additional actions, empty": pdf(empty_actions),
            "attachment as a note": pdf(attachment_note),
            "rich media": pdf(rich_media),
            "xfa": pdf(xfa),
            "protected": pdf(encryption=pikepdf.Encryption(owner="o", user="u")),
            "protected without asking": pdf(
                encryption=pikepdf.Encryption(owner="o", user="")
            ),
            "pdf and zip": pdf() + zipped(("a.exe", b"MZ")),
            "no page": pdf(pages=0),
            "too many pages": pdf(pages=201),
            "stream bomb": stream_bomb(),
            "nested brackets": nested(100_000),
            "cut off": pdf()[:200],
        }
    )


def _hostile_kinds() -> dict[str, bytes]:
    return {
        "empty": b"",
        "too large": pdf() + b"\n" * (10 * MEGABYTE),
        "garbage": b"%PDF-1.7\n" + b"garbage " * 50,
        "a program": b"MZ" + b"\x00" * 200,
        "html": b"<!doctype html><script>alert(1)</script>",
        "html before a pdf": b"<script>alert(1)</script>\n" + pdf(),
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "only the magic number": b"%PDF-1.7\n<script>alert(1)</script>",
        "rar": b"Rar!\x1a\x07\x00" + b"\x00" * 100,
        "an image alone": jpeg(),
    }


def _hostile_zips() -> dict[str, bytes]:
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    return {
        "zip: empty": zipped(),
        "zip: 21 files": zipped(*[(f"{n}.pdf", pdf()) for n in range(21)]),
        "zip: 100 000 files": entries(100_000),
        "zip: 200 MB of nothing": zipped(("a.pdf", b"\x00" * (200 * MEGABYTE))),
        "zip: lying sizes": lying_sizes(),
        "zip: shared data": overlapping(),
        "zip: in a zip": zipped(("inner.zip", zipped(("a.pdf", pdf())))),
        "zip: in a zip, called pdf": zipped(("a.pdf", zipped(("a.pdf", pdf())))),
        "zip: macro": zipped(("letter.docm", zipped(("word/vbaProject.bin", b"")))),
        "zip: a program called pdf": zipped(("form.pdf", b"MZ\x90\x00")),
        "zip: script": zipped(("form.js", b"WScript.Echo(1)")),
        "zip: shortcut": zipped(("form.lnk", b"L\x00\x00\x00")),
        "zip: two endings": zipped(("form.pdf.exe", b"MZ")),
        "zip: eicar": zipped(("eicar.pdf", eicar)),
        "zip: a script in a pdf": zipped(("a.pdf", pdf(named_script))),
        "zip: html called jpg": zipped(("a.jpg", b"<html><script>1</script></html>")),
        "zip: upwards": zipped(("../../etc/cron.d/x.pdf", pdf())),
        "zip: upwards with backslashes": zipped(("..\\..\\x.pdf", pdf())),
        "zip: absolute": zipped(("/etc/x.pdf", pdf())),
        "zip: a drive": zipped(("C:/x.pdf", pdf())),
        "zip: device": zipped(("CON.pdf", pdf())),
        "zip: a link": symlink(),
        "zip: right to left": zipped(("form\u202efdp.jpg", jpeg())),
        "zip: 300 characters": zipped(("a" * 300 + ".pdf", pdf())),
        "zip: protected": protected_zip(),
        "zip: cut off": zipped(("a.pdf", pdf()))[:-10],
    }
