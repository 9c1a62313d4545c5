"""The gate: what an upload may be, judged by its content and not by its name (BKG-024)."""

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

import puremagic
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal, Sentence
from core.uploads import pdfs

MAX_BYTES = 10 * 1024 * 1024
MAX_MEMBERS = 20
MAX_EXPANDED_BYTES = 40 * 1024 * 1024
MAX_RATIO = 100
CHUNK = 64 * 1024
PDF, ZIP = "application/pdf", "application/zip"
MAGIC = {b"%PDF-": PDF, b"PK\x03\x04": ZIP}
IMAGES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
SYMLINK = 0o120000
END_OF_DIRECTORY = b"PK\x05\x06"
# Names that mean a device where the counsellor's office opens the zip.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    OSError,
    EOFError,
    RuntimeError,
)


class UploadRefused(Refusal):
    """The file is not taken; the sentence says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence, field="form_file")


def judge(file: BinaryIO, size: int) -> str:
    """The kind of an honest PDF or zip. Raises UploadRefused with the reason."""
    if size == 0:
        raise UploadRefused(_("The file is empty. Choose another one."))
    if size > MAX_BYTES:
        raise UploadRefused(
            _("The file is larger than 10 MB. Scan it in grey or in two parts.")
        )
    content = file.read(MAX_BYTES + 1)
    kind = next((k for magic, k in MAGIC.items() if content.startswith(magic)), None)
    if kind == PDF:
        _judge_pdf(content)
    elif kind == ZIP:
        _judge_zip(content)
    else:
        raise UploadRefused(
            _("This is neither a PDF nor a zip. Save the form as PDF, then upload it.")
        )
    return kind


def _judge_pdf(content: bytes) -> None:
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise UploadRefused(
            _("This PDF hides an archive. Print it to a new PDF, then upload that.")
        )
    pdfs.judge(content, UploadRefused)


def _judge_zip(content: bytes) -> None:
    if _declared_members(content) > 2 * MAX_MEMBERS:  # folders count there too
        raise UploadRefused(_("This zip holds more than 20 files."))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = [info for info in archive.infolist() if not info.is_dir()]
    except (
        zipfile.BadZipFile,
        ValueError,
        OverflowError,
        NotImplementedError,
    ) as error:
        raise UploadRefused(_("This zip is broken. Make it anew.")) from error
    _judge_outline(members, len(content))
    expanded = 0
    for info in members:
        data = _read(archive, info, MAX_EXPANDED_BYTES - expanded)
        expanded += len(data)
        _judge_member(info.filename, data)


def _declared_members(content: bytes) -> int:
    """What the zip's last record says: reading a directory of 100,000 takes a second."""
    end = content.rfind(END_OF_DIRECTORY)
    return int.from_bytes(content[end + 10 : end + 12], "little") if end >= 0 else 0


def _judge_outline(members: list[zipfile.ZipInfo], packed: int) -> None:
    """What the directory of the zip declares, before anything is unpacked."""
    if not members:
        raise UploadRefused(_("This zip is empty."))
    if len(members) > MAX_MEMBERS:
        raise UploadRefused(_("This zip holds more than 20 files."))
    if any(info.flag_bits & 1 for info in members):
        raise UploadRefused(
            _("This zip is protected by a password. Make it without one.")
        )
    declared = sum(info.file_size for info in members)
    if declared > MAX_EXPANDED_BYTES or declared > packed * MAX_RATIO:
        raise UploadRefused(_("This zip expands to far more than it may (40 MB)."))
    for info in members:
        _judge_path(info)


def _judge_path(info: zipfile.ZipInfo) -> None:
    name = info.filename
    path = PurePosixPath(name.replace("\\", "/"))
    strange = (
        path.is_absolute()
        or ".." in path.parts
        or ":" in name
        or len(name) > 200
        or not name.isprintable()
        or any(DEVICES.fullmatch(part) for part in path.parts)
        or (info.external_attr >> 16) & 0o170000 == SYMLINK
    )
    if strange:
        raise UploadRefused(_("A file in this zip has a name that is not allowed."))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int) -> bytes:
    """The member's bytes, counted while reading: declared sizes lie."""
    parts, total = [], 0
    try:
        with archive.open(info) as member:
            while chunk := member.read(CHUNK):
                total += len(chunk)
                if total > room or total > info.file_size:
                    raise UploadRefused(
                        _("This zip expands to far more than it may (40 MB).")
                    )
                parts.append(chunk)
    except BROKEN as error:
        raise UploadRefused(_("This zip is broken. Make it anew.")) from error
    return b"".join(parts)


def _judge_member(name: str, data: bytes) -> None:
    ending = PurePosixPath(name).suffix.lower()
    if ending == ".pdf" and data.startswith(b"%PDF-"):
        _judge_pdf(data)
        return
    if ending in IMAGES and _is_image(data, IMAGES[ending]):
        return
    if data.startswith(b"PK\x03\x04"):
        raise UploadRefused(_("This zip holds another zip. Take the files out of it."))
    raise UploadRefused(
        _("This zip holds something other than PDF, JPEG or PNG: %(name)s.")
        % {"name": PurePosixPath(name).name[:60]}
    )


def _is_image(data: bytes, mime: str) -> bool:
    try:
        guesses = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return False
    return any(guess.mime_type == mime for guess in guesses)
