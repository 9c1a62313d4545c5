"""Colours: how well text in one can be read on white, and a darker shade of it (WCAG 1.4.6)."""

LEAST_CONTRAST = 7.0  # text of an accent on white, and white on it (LOOK)
DARKER = 0.65  # what is left of each channel where a button is pressed


def contrast_with_white(colour: str) -> float:
    """The contrast of "#96182b" with white, from 1 to 21 (WCAG 2.2)."""
    return 1.05 / (_luminance(colour) + 0.05)


def darker(colour: str) -> str:
    """The same hue, darker: what was readable on white stays so."""
    return "#" + "".join(f"{round(one * DARKER):02x}" for one in _channels(colour))


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4
        for one in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
