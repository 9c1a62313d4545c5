"""What can be wrong with a translation: absent, doubtful, other placeholders, bad typography."""

import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message

PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sdf]|%%|(?<!%)%[sd]|\{[a-z_0-9]*\}", re.I)
TAG = re.compile(r"</?[a-z][^>]*>", re.I)
ENTITY = re.compile(r"&(?:[a-z]+|#\d+|#x[0-9a-f]+);", re.I)
NO_BREAK = "\u00a0\u202f"
# A space that does not break must stand before these when they end a word or a text.
BARE_MARK = re.compile(
    rf"[^\s{NO_BREAK}?!:;][:;?!]+(?=[\s{NO_BREAK}»)]|$)|[ \t\n][:;?!]"
)
OPENED = re.compile(rf"«(?![{NO_BREAK}])")
CLOSED = re.compile(rf"(?<![{NO_BREAK}])»")


def faults(template: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    """One sentence a fault of `catalog` against the texts of the house."""
    wanted = {
        (message.context, _id(message)): message for message in template if message.id
    }
    kept = {
        (message.context, _id(message)): message for message in catalog if message.id
    }
    for key in wanted:
        if key not in kept or not _complete(kept[key], catalog):
            where = ", ".join(name for name, _ in wanted[key].locations)
            yield f"“{key[1]}” is not translated ({where})."
    for key, message in kept.items():
        if key not in wanted:
            yield f"“{key[1]}” is obsolete: run python3 run.py messages."
        elif message.fuzzy:
            yield f"“{key[1]}” is marked as doubtful (fuzzy)."
        for sentence in message_faults(message, language):
            yield f"“{key[1]}” {sentence}"


def _id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(message: Message) -> list[str]:
    texts = [message.string] if isinstance(message.string, str) else message.string
    return [text for text in texts or () if text]


def _complete(message: Message, catalog: Catalog) -> bool:
    if isinstance(message.id, str):
        return bool(message.string)
    return len(_strings(message)) == catalog.num_plurals


def message_faults(message: Message, language: str) -> Iterator[str]:
    """What is wrong with the translations of one text."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    for text in _strings(message):
        yield from _placeholder_faults(ids, text)
        if sorted(TAG.findall(text)) not in [sorted(TAG.findall(one)) for one in ids]:
            yield f"has other HTML tags in “{text}”."
        for sentence in typography(text, language):
            yield f"{sentence}: “{text}”."


def _placeholder_faults(ids: list[str], text: str) -> Iterator[str]:
    """A plural may leave out the number (“one client”), nothing may be added."""
    found = set(PLACEHOLDER.findall(text))
    known = {name for one in ids for name in PLACEHOLDER.findall(one)}
    least = set(PLACEHOLDER.findall(ids[0]))
    for one in ids[1:]:
        least &= set(PLACEHOLDER.findall(one))
    for name in sorted(found - known):
        yield f"has the placeholder {name} that the text does not have."
    if len(ids) == 1:
        for name in sorted(least - found):
            yield f"has lost the placeholder {name}."


def typography(text: str, language: str) -> Iterator[str]:
    """Swiss typography of a translated text; HTML tags are left out of it."""
    plain = ENTITY.sub(_character, TAG.sub("", text))
    plain = PLACEHOLDER.sub("x", plain)
    if "'" in plain or '"' in plain:
        yield "has a straight apostrophe or quotation mark (write ’ or « »)"
    if "..." in plain:
        yield "has three dots (write …)"
    if language == "fr":
        yield from _french(plain)
    if language == "de":
        yield from _german(plain)


def _character(found: re.Match[str]) -> str:
    return "\u00a0" if found[0] in {"&nbsp;", "&#160;", "&#8239;"} else "x"


def _french(plain: str) -> Iterator[str]:
    if BARE_MARK.search(plain):
        yield "needs a no-break space before : ; ? !"
    if OPENED.search(plain) or CLOSED.search(plain):
        yield "needs a no-break space inside « »"
    if re.search("[“”„]", plain):
        yield "has foreign quotation marks (write « »)"


def _german(plain: str) -> Iterator[str]:
    if "ß" in plain:
        yield "has an ß (Swiss spelling: ss)"
    if re.search("[“”„]", plain):
        yield "has German quotation marks (Swiss: «…»)"
    if re.search(r"«\s|\s»", plain):
        yield "has a space inside «»"
