"""QR codes as inline SVG: sharp in print, no image request, no style."""

from itertools import groupby

from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks


def matrix(text: str) -> list[list[bool]]:
    """The code's modules row by row, quiet zone included; True is dark."""
    import qrcode

    code = qrcode.QRCode(border=QUIET_ZONE, error_correction=1)
    code.add_data(text)
    return code.get_matrix()


def svg(text: str) -> SafeString:
    """The code of a text as one SVG path."""
    rows = matrix(text)
    path = "".join(_runs(y, row) for y, row in enumerate(rows))
    # Every part is ours: numbers and constants, the text itself is only in the pattern.
    return mark_safe(  # noqa: S308
        f'<svg class="qr" aria-hidden="true" viewBox="0 0 {len(rows)} {len(rows)}"'
        ' shape-rendering="crispEdges" xmlns="http://www.w3.org/2000/svg">'
        f'<path fill="#fff" d="M0 0h{len(rows)}v{len(rows)}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )


def _runs(y: int, row: list[bool]) -> str:
    """A row's dark stretches, each one rectangle: half the path, no hairlines in print."""
    x, path = 0, ""
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            path += f"M{x} {y}h{length}v1h-{length}z"
        x += length
    return path
