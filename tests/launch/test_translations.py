"""The check of translations finds each kind of planted fault, and nothing in a good catalogue."""

from pathlib import Path

import pytest

from config import translations
from config.translation_checks import typography

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
first = _("Welcome, %(name)s")
second = ngettext("%(count)s client", "%(count)s clients", 2)
third = pgettext("a month", "May")
computed = _(first)
"""
TEMPLATE = """
    <p class="x">{% translate "Sign in" %} it's "odd</p>
        {% blocktranslate trimmed with n=name %}
            Read <a href="/x">the
            terms</a>, {{ n }}
        {% endblocktranslate %}
  {% blocktranslate trimmed count n=list|length %}One place{% plural %}{{ n }} places{% endblocktranslate %}
"""
LONG = 'Read <a href="/x">the terms</a>, %(n)s'
FRENCH: dict[object, object] = {
    "Welcome, %(name)s": "Bienvenue, %(name)s",
    "%(count)s client": ("%(count)s client", "%(count)s clients"),
    "May": "mai",
    "Sign in": "Se connecter",
    LONG: 'Lisez <a href="/x">les conditions</a>, %(n)s',
    "One place": ("Une place", "%(n)s places"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house with code, a template, and complete catalogues."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "views.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    translations.update(tmp_path)
    for language in translations.LANGUAGES:
        translate(tmp_path, language, FRENCH)
    return tmp_path


def translate(house: Path, language: str, texts: dict[object, object]) -> None:
    catalog = translations.read(house, language)
    for message in catalog:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key in texts:
            message.string = texts[key]
    path = translations.catalogue(house, language)
    path.write_bytes(translations._written(catalog))


def test_every_text_is_found(house: Path) -> None:
    found = {
        m.id if isinstance(m.id, str) else m.id[0] for m in translations.extract(house)
    }
    assert found - {""} == set(FRENCH)


def test_complete_catalogues_have_no_fault(house: Path) -> None:
    assert translations.check(house) == []


def test_update_keeps_translations_and_changes_nothing_twice(house: Path) -> None:
    path = translations.catalogue(house, "fr")
    before = path.read_bytes()
    translations.update(house)
    assert path.read_bytes() == before
    assert "Se connecter" in before.decode()


def test_a_new_text_is_missing_until_it_is_translated(house: Path) -> None:
    (house / "desk" / "more.py").write_text('_("New")', encoding="utf-8")
    assert len(translations.check(house)) == len(translations.LANGUAGES)
    translations.update(house)
    faults = translations.check(house)
    assert [
        f for f in faults if "“New” is not translated (desk/more.py)" in f
    ] == faults
    assert len(faults) == len(translations.LANGUAGES)


def test_a_text_inside_an_f_string_is_a_fault(house: Path) -> None:
    """On Python 3.11 nothing finds it: its translation would be dropped in silence."""
    code = """said = f"- {_('Sign in')} -"\nmore = f"{_(said)}"\n"""
    (house / "desk" / "more.py").write_text(code, encoding="utf-8")
    assert translations.check(house) == [
        "desk/more.py:1: a text inside an f-string is not found."
    ]


def test_a_text_that_is_gone_is_obsolete(house: Path) -> None:
    (house / "desk" / "views.py").write_text("", encoding="utf-8")
    faults = translations.check(house)
    assert any("“May” is obsolete" in fault for fault in faults)
    translations.update(house)
    assert translations.check(house) == []


def test_doubtful_translations_are_faults(house: Path) -> None:
    path = translations.catalogue(house, "fr")
    marked = path.read_text(encoding="utf-8").replace(
        'msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"'
    )
    path.write_text(marked, encoding="utf-8")
    assert translations.check(house) == ["fr: “Sign in” is marked as doubtful (fuzzy)."]


@pytest.mark.parametrize(
    ("key", "wrong", "fault"),
    [
        ("Welcome, %(name)s", "Bienvenue", "lost the placeholder %(name)s"),
        ("Welcome, %(name)s", "Ici %(nom)s, %(name)s", "placeholder %(nom)s"),
        ("%(count)s client", ("%(count)s client", ""), "is not translated"),
        (LONG, "Lisez les conditions, %(n)s", "other HTML tags"),
        ("Sign in", "S'identifier", "straight apostrophe"),
        ("Sign in", "", "is not translated"),
    ],
)
def test_each_planted_fault_is_found(
    house: Path, key: object, wrong: object, fault: str
) -> None:
    translate(house, "fr", {key: wrong})
    found = translations.check(house)
    assert found
    assert all(one.startswith("fr: ") for one in found)
    assert any(fault in one for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "Quel jour ?",
        "Quel jour?",
        "Nom :",
        "Nom: oui",
        "Vite ; bien",
        "« Bonjour »",
        "«Bonjour»",
        "Tout l'été",
        '"Bonjour"',
        "Attendez...",
        "“Bonjour”",
        "%(name)s: absent",
    ],
)
def test_french_typography_refuses(text: str) -> None:
    assert list(typography(text, "fr"))


@pytest.mark.parametrize(
    "text",
    [
        "Quel jour\u00a0?",
        "Quel jour\u202f?",
        "Vraiment\u202f?!",
        "Nom\u00a0: oui",
        "«\u00a0Bonjour\u00a0»",
        "«\u202fBonjour\u202f»",
        "De 10:30 à 11:00, voir https://exemple.ch",
        "Nom&nbsp;: l’été",
        '<a href="/x" class="y">Lire</a>',
        "%(name)s\u202f: absent",
        "Attendez…",
    ],
)
def test_french_typography_accepts(text: str) -> None:
    assert list(typography(text, "fr")) == []


@pytest.mark.parametrize("text", ["Straße", "„Guten Tag“", "« Guten Tag »", '"so"'])
def test_german_typography_refuses(text: str) -> None:
    assert list(typography(text, "de"))


@pytest.mark.parametrize("text", ["Strasse: ja?", "«Guten Tag!»", "Um 10:30 Uhr"])
def test_german_typography_accepts(text: str) -> None:
    assert list(typography(text, "de")) == []


def test_compiled_catalogue_is_what_django_reads(house: Path) -> None:
    translations.compile_all(house)
    compiled = translations.catalogue(house, "fr").with_suffix(".mo")
    assert b"Se connecter" in compiled.read_bytes()
