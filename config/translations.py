"""Translations in pure Python: found in code and templates, brought up to date, checked.

`python -m config.translations update | compile | check`, or `python3 run.py messages`.
Django's own commands need GNU gettext, which a machine may not have.
"""

import ast
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from config.translation_checks import faults

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr", "de")
SKIPPED = {".var", "tests", "migrations", "static", "node_modules", ".git"}
WIDTH = 100
# Function → which of its arguments are texts; `c` marks the context.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Message = tuple[str | tuple[str, str], str | None, list[str]]


def sources(root: Path) -> Iterator[Path]:
    """Every file of ours that may hold texts of screens, in a fixed order."""
    for pattern in ("*.py", "*.html", "*.txt"):
        for path in sorted(root.rglob(pattern)):
            inside = path.relative_to(root)
            template = path.suffix == ".py" or inside.parts[0] == "templates"
            if template and not SKIPPED & set(inside.parts):
                yield path


def extract(root: Path) -> Catalog:
    """All texts of the house, each with the files it stands in."""
    catalog = Catalog(project="Perron", fuzzy=False)
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        for text, context, comments in _texts(path):
            catalog.add(
                text, locations=[(name, 0)], context=context, auto_comments=comments
            )
    return catalog


def _texts(path: Path) -> Iterator[Message]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _as_python(source, path.name)
    # Babel's own types are about another function; these are line, function, texts, comments.
    found: Iterator[Any] = extract_python(
        io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}
    )
    for _line, function, arguments, comments in found:
        message = _message(function, arguments)
        if message:
            yield (*message, comments)


def _as_python(template: str, name: str) -> str:
    """What Django makes of a template for xgettext, so that Python's tokenizer reads it.

    Lines lose their indentation (it means nothing here and something in Python).
    """
    return "\n".join(
        line.strip() for line in templatize(template, origin=name).splitlines()
    )


def hidden(root: Path) -> Iterator[str]:
    """Texts inside an f-string: before Python 3.12 nothing that reads code finds them."""
    for path in sources(root):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and any(map(_is_text, ast.walk(node))):
                name = path.relative_to(root).as_posix()
                yield f"{name}:{node.lineno}: a text inside an f-string is not found."


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in KEYWORDS
        and any(isinstance(one, ast.Constant) for one in node.args)
    )


def _message(
    function: str, arguments: object
) -> tuple[str | tuple[str, str], str | None] | None:
    """Text (or singular and plural) and context of one call; None if it is computed."""
    given = list(arguments) if isinstance(arguments, list | tuple) else [arguments]
    rule = KEYWORDS[function]
    places = rule or (1,)
    context = None
    texts: list[str] = []
    for place in places:
        number = place[0] if isinstance(place, tuple) else place
        text = given[number - 1] if number <= len(given) else None
        if not isinstance(text, str) or not text:
            return None
        if isinstance(place, tuple):
            context = text
        else:
            texts.append(text)
    return (texts[0] if len(texts) == 1 else (texts[0], texts[1])), context


def catalogue(root: Path, language: str) -> Path:
    """Where a language's translations are kept."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(root: Path, language: str) -> Catalog:
    """A language's catalogue; empty when there is none yet."""
    path = catalogue(root, language)
    if not path.exists():
        return Catalog(locale=language, project="Perron", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(root: Path) -> None:
    """Adds new texts, drops those that are gone, keeps every translation."""
    template = extract(root)
    for language in LANGUAGES:
        kept = read(root, language)
        kept.update(template, no_fuzzy_matching=True)
        kept.fuzzy = False
        path = catalogue(root, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(kept))


def _written(catalog: Catalog) -> bytes:
    """The catalogue's text without dates and versions: they would change each time."""
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalog,
        width=WIDTH,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
        omit_header=True,
    )
    header = (
        "# Perron's texts. Kept up to date by `python3 run.py messages`.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalog.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header.encode() + buffer.getvalue()


def compile_all(root: Path) -> None:
    """Writes the .mo beside each .po; whole or not at all."""
    for language in LANGUAGES:
        path = catalogue(root, language)
        if path.exists():
            temporary = path.with_suffix(".mo.part")
            with temporary.open("wb") as file:
                write_mo(file, read(root, language))
            temporary.replace(path.with_suffix(".mo"))


def check(root: Path) -> list[str]:
    """One sentence for each fault in any catalogue; empty when all is well."""
    template = extract(root)
    return [*hidden(root)] + [
        f"{language}: {fault}"
        for language in LANGUAGES
        for fault in faults(template, read(root, language), language)
    ]


def main(arguments: list[str]) -> int:
    """Does one of the three; 1 when something is left to translate or to mend."""
    if arguments == ["compile"]:
        compile_all(ROOT)
        return 0
    if arguments == ["update"]:
        update(ROOT)
        compile_all(ROOT)
    elif arguments != ["check"]:
        sys.stderr.write("Write update, compile or check.\n")
        return 2
    return _tell(lambda: check(ROOT))


def _tell(find: Callable[[], list[str]]) -> int:
    found = find()
    for fault in found:
        sys.stdout.write(f"{fault}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
