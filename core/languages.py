"""Names of languages in the reader's own; direction of their script."""

from collections.abc import Iterable

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

# Where Babel has no name, or not the one that the desks use.
OWN_NAMES: dict[str, str | Promise] = {
    "fa": pgettext_lazy("language", "Persian (Dari)"),
    "kmr": pgettext_lazy("language", "Kurdish (Kurmanji)"),
    "ckb": pgettext_lazy("language", "Kurdish (Sorani)"),
    "ti": pgettext_lazy("language", "Tigrinya"),
    "zh": pgettext_lazy("language", "Chinese"),
}
# What an authority may choose from: the languages that desks here meet.
KNOWN = (  # noqa: SIM905 (three lines are read more easily than seventy)
    "fr de it rm en es pt tr sq ar fa ti ta uk ru so kmr ckb zh am bg bn bs cs da el et fi"
    " ha he hi hr hu hy id ja ka ko lt lv mk mn ms my ne nl no pa pl ps ro si sk sl sr sv"
    " sw th tl ur uz vi wo yo"
).split()

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ckb", "ps", "ur", "he"})


def language_name(code: str, reader: str | None = None) -> str:
    """A language's name with a capital, in the reader's language (default: the screen's)."""
    if code in OWN_NAMES and reader is None:
        return str(OWN_NAMES[code])
    locale = Locale.parse(reader or get_language() or "fr", sep="-")
    name = str(locale.languages.get(code, code))
    return name[:1].upper() + name[1:]


def language_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Choices for a field, sorted as the reader reads."""
    return sorted(((code, language_name(code)) for code in codes), key=lambda c: c[1])


def direction(code: str) -> str:
    """`rtl` or `ltr`, as HTML's dir wants it."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"
