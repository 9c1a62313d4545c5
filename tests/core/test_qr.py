"""QR codes: the path draws the code's dark modules and no other."""

import re

from core import qr


def test_the_stretches_are_the_dark_modules() -> None:
    import qrcode

    text = "BEGIN:VEVENT\r\nSUMMARY:Entretien\r\nEND:VEVENT"
    code = qrcode.QRCode(border=qr.QUIET_ZONE, error_correction=1)
    code.add_data(text)
    rows = code.get_matrix()
    drawn = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", qr.svg(text))
        for step in range(int(length))
    }
    dark = {(x, y) for y, row in enumerate(rows) for x, on in enumerate(row) if on}
    assert drawn == dark


def test_the_text_itself_stands_nowhere() -> None:
    assert "script" not in qr.svg("<script>alert(1)</script>")
