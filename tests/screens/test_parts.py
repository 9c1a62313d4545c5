"""Every part of the kit draws what it must, in French and in German."""

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from core.errors import Refusal
from core.forms import DateField, KitForm, SwitchField
from core.styleguide.forms import EveryField
from core.styleguide.views import SYMBOLS, WRONG
from core.templatetags.ui import BADGES


def drawn(source: str, language: str = "fr", **context: Any) -> str:
    """What a template draws, its spaces put together."""
    context.setdefault("request", RequestFactory().get("/", {"place": "biel"}))
    with translation.override(language):
        html = Template(source).render(Context(context))
    return re.sub(r"[ \n]+", " ", html).strip()


class Person(KitForm):
    """A small form."""

    born = DateField(label="Date de naissance")
    postcode = forms.RegexField(
        r"^\d{4}$", label="NPA", error_messages={"invalid": "Quatre chiffres."}
    )
    remark = forms.CharField(label="Remarque", required=False)
    interpreter = SwitchField(label="Avec interprète")


@pytest.mark.parametrize("name", SYMBOLS)
def test_every_icon_is_in_the_sprite(name: str, settings: Any) -> None:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    assert f'<symbol id="{name}"' in sprite


@pytest.mark.parametrize("language", ["fr", "de"])
@pytest.mark.parametrize("status", BADGES)
def test_a_status_has_a_shape_and_a_word(status: str, language: str) -> None:
    shape, word = BADGES[status]
    html = drawn("{% badge status %}", language, status=status)
    assert f"#{shape}" in html
    with translation.override(language):
        assert str(word) in html
    assert shape in SYMBOLS


def test_the_summary_counts_in_words_and_leads_to_the_fields() -> None:
    with translation.override("fr"):
        form = Person({"born": "31.04.1991", "postcode": "261", "interpreter": "0"})
        form.is_valid()
    html = drawn("{% error_summary form %}", form=form)
    assert "Deux champs sont à corriger avant de continuer" in html
    assert 'href="#id_born"' in html
    assert "Date de naissance\u202f: le 31 avril n’existe pas<" in html.replace(
        "\xa0", " "
    )


def test_the_summary_of_one_field_and_in_german() -> None:
    form = Person({"born": "3.4.1991", "postcode": "261"})
    assert "Un champ est à corriger" in drawn("{% error_summary form %}", form=form)
    assert "Ein Feld ist zu korrigieren" in drawn(
        "{% error_summary form %}", "de", form=form
    )


def test_a_refusal_of_no_field_is_its_own_title() -> None:
    form = Person({"born": "3.4.1991", "postcode": "2610"})
    form.is_valid()
    form.refuse(Refusal("Cette date vient d’être prise."))
    html = drawn("{% error_summary form %}", form=form)
    assert '<p class="notice-title">Cette date vient d’être prise.</p>' in html
    assert "<li>" not in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert drawn("{% error_summary form %}", form=Person()) == ""


def test_a_field_ties_its_hint_and_error_to_its_control() -> None:
    form = EveryField(WRONG)
    html = drawn("{% field form.born %}", form=form)
    assert 'aria-describedby="id_born-hint id_born-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="31.04.1991"' in html


def test_what_is_optional_is_marked_and_nothing_else() -> None:
    assert "(facultatif)" in drawn("{% field form.remark %}", form=Person())
    assert "(facultatif)" not in drawn(
        "{% field form.remark bare=True %}", form=Person()
    )
    assert "(facultatif)" not in drawn("{% field form.postcode %}", form=Person())
    assert " required" not in drawn("{% field form.postcode %}", form=Person())


@pytest.mark.parametrize(
    ("sent", "means"),
    [({}, False), ({"interpreter": "0"}, False), ({"interpreter": "1"}, True)],
)
def test_the_switch_is_a_yes_or_a_no(sent: dict[str, str], means: bool) -> None:
    form = Person({"born": "3.4.1991", "postcode": "2610", **sent})
    assert form.is_valid()
    assert form.cleaned_data["interpreter"] is means


def test_the_switch_shows_no_first_and_chosen() -> None:
    html = drawn("{% field form.interpreter %}", form=Person())
    assert html.index("Non") < html.index("Oui")
    assert (
        'id="id_interpreter_0" name="interpreter" type="radio" value="0" checked'
        in html
    )


def test_pages_say_which_items_and_keep_the_filters() -> None:
    page = Paginator(range(57), 10).page(1)
    html = drawn("{% pagination page %}", page=page)
    assert "Afficher les items 1 - 10 de 57" in html
    assert 'href="?place=biel&amp;page=2"' in html


def test_a_sorted_head_says_its_direction_and_keeps_the_filters() -> None:
    html = drawn('{% sort_header "date" "Date" "date" %}')
    assert 'aria-sort="ascending"' in html
    assert 'href="?place=biel&amp;sort=-date"' in html


def test_steps_say_where_one_is_and_what_comes() -> None:
    html = drawn('{% stepper 2 "Choisir" "Réserver" "Confirmer" one="/a/" %}')
    assert 'aria-current="step"' in html
    assert '<a href="/a/">Choisir</a>' in html
    assert "Étape 2 sur 3" in html
    assert "confirmer" in html


def test_an_hour_that_is_held_is_absolute() -> None:
    until = dt.datetime(2026, 11, 16, 19, 29, tzinfo=dt.UTC)
    html = drawn('{% hold until "Gardé jusqu’à" total=60 %}', until=until)
    assert "20\u00a0h\u00a029" in html.replace("&nbsp;", "\u00a0")
    assert 'data-hold-until="2026-11-16T20:29:00+01:00"' in html


def test_a_popover_is_described_by_its_text_and_escapes_names() -> None:
    html = drawn('{% popover name "k" %}Rue{% endpopover %}', name="<b>")
    assert 'aria-describedby="about-k"' in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(("kind", "role"), [("danger", "alert"), ("ok", "status")])
def test_a_notice_has_its_role(kind: str, role: str) -> None:
    html = drawn('{% notice kind "Titre" %}{% endnotice %}', kind=kind)
    assert f'role="{role}"' in html


def test_a_file_shows_its_size_and_what_may_be_done() -> None:
    html = drawn('{% file_row "a.pdf" 184000 open="/o/" delete="/d/" %}')
    assert "184" in html
    assert 'formaction="/d/"' in html


def test_a_window_tabs_crumbs_and_nothing_there() -> None:
    rows = [SimpleNamespace(label="A", url="/a/", current=True, count=1)]
    assert 'aria-labelledby="d-title"' in drawn('{% dialog "d" "T" %}x{% enddialog %}')
    assert 'aria-current="page"' in drawn('{% tabs rows "Parties" %}', rows=rows)
    assert 'href="/a/"' in drawn("{% breadcrumb rows %}", rows=rows)
    assert "Rien" in drawn('{% empty "Rien" %}{% endempty %}')
