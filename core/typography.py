"""Spaces and apostrophes as each language sets them (LOOK, Words and typography).

Decision: there is no filter over whole pages, for it would have to tell text from code, addresses
and attributes on every answer. The catalogues hold the right characters (config/translations.py
refuses others), dates and numbers come right out of core/words.py, and texts that people write
(information sheets, notices of an office) pass `typeset` where a template shows them:
`{{ sheet.text|typeset }}`. What is stored stays as it was typed.
"""

import re

NARROW = "\u202f"
NBSP = "\u00a0"
# An address of the web or of a person is left alone.
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
FRENCH = [
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"[ \u00a0\u202f]*([;?!])(?=[\s»)]|$)"), rf"{NARROW}\1"),
    (re.compile(r"[ \u00a0\u202f]*:(?=\s|$)"), f"{NARROW}:"),
    (re.compile(r"«[ \u00a0\u202f]*"), f"«{NARROW}"),
    (re.compile(r"[ \u00a0\u202f]*»"), f"{NARROW}»"),
    (re.compile(r"\b(\d{1,2}) ?h ?(\d{2})\b"), rf"\1{NBSP}h{NBSP}\2"),
    (re.compile(rf"\b(\d{{1,2}}|1er) (?={MONTHS}\b)"), rf"\1{NBSP}"),
    (re.compile(r"\b(n°|no|M\.|Mme|Dr) (?=[\dA-ZÀ-Ü])"), rf"\1{NBSP}"),
    (re.compile(r"(?<=\d) (?=(?:min|km|m|h|%|CHF)(?!\w))"), NBSP),
]
GERMAN = [
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile("ß"), "ss"),
    (re.compile(r"[ \u00a0\u202f]+([;:?!])(?=[\s»)]|$)"), r"\1"),
    (re.compile(r"«[ \u00a0\u202f]+"), "«"),
    (re.compile(r"[ \u00a0\u202f]+»"), "»"),
    (re.compile(r"(?<=\d) (?=Uhr\b)"), NBSP),
    (
        re.compile(
            r"(?<=\d\.) (?=(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))"
        ),
        NBSP,
    ),
]
RULES = {"fr": FRENCH, "de": GERMAN}


def typeset(text: str, language: str) -> str:
    """The text as the language sets it; other languages than French and German stay as they are."""
    parts: list[str] = []
    end = 0
    for match in ADDRESS.finditer(text):
        parts += [_apply(text[end : match.start()], language), match.group()]
        end = match.end()
    parts.append(_apply(text[end:], language))
    return "".join(parts)


def _apply(text: str, language: str) -> str:
    for pattern, replacement in RULES.get(language, []):
        text = pattern.sub(replacement, text)
    return text
