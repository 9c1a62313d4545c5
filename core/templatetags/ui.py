"""The screens' parts as template tags; what each takes stands in templates/components/README.md."""

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import languages, words

register = template.Library()

register.filter("day_in_words", words.day_in_words)
register.filter("short_day", words.short_day)
register.filter("hour", words.hour)
register.filter("clock", words.clock)
register.filter("file_size", words.file_size)


@register.filter
def language_name(code: str) -> str:
    """A language's name; nothing for nothing."""
    return languages.language_name(code) if code else ""


@register.filter
def language_names(codes: list[str]) -> str:
    """« Anglais, Français, Portugais »."""
    return ", ".join(name for _code, name in languages.language_choices(codes))


# Status → icon and words (LOOK, Statuses).
BADGES = {
    "free": ("free", _("Free")),
    "held": ("held", _("Held")),
    "unconfirmed": ("unconf", _("Not confirmed!")),
    "taken": ("unconf", _("Not confirmed!")),
    "confirmed": ("ok", _("Confirmed")),
    "lapsed": ("cancel", _("Lapsed")),
    "cancelled": ("cancel", _("Cancelled")),
    "blocked": ("cancel", _("Blocked")),
    "active": ("ok", _("Active")),
    "invited": ("mail", _("Invited")),
}
NOTICE_ICONS = {"info": "info", "ok": "ok", "warn": "warn", "danger": "err"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; hidden from screen readers, for words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def badge(status: str) -> SafeString:
    """A status with its shape and its word."""
    shape, word = BADGES[str(status)]
    return format_html(
        '<span class="badge badge-{}">{}{}</span>', status, icon(shape), word
    )


@register.simple_tag
def time_span(item: Any) -> str:
    """« 10 h 30 à 12 h 00 » of anything that starts and ends."""
    return words.time_span(item.starts_at, item.ends_at)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **extra: Any) -> dict[str, Any]:
    """A field: label, hint, error, control, in that order."""
    shows = getattr(bound.field.widget, "shows", "")
    described = []
    if bound.help_text:
        described.append(f"{bound.id_for_label or bound.html_name}-hint")
    if bound.errors:
        described.append(f"{bound.id_for_label or bound.html_name}-error")
    attrs = bound.field.widget.attrs
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors and not bound.field.widget.use_fieldset:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "key": bound.id_for_label or bound.html_name,
        "shows": shows,
        "fieldset": bound.field.widget.use_fieldset,
        "optional": not bound.field.required and shows != "switch",
        **extra,
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """The errors on top, each a link to its field; takes the focus."""
    rows = [
        {
            "label": form[name].label if name in form.fields else "",
            "target": _first_control(form, name),
            "errors": errors,
        }
        for name, errors in form.errors.items()
    ]
    number = sum(len(row["errors"]) for row in rows)
    title = ngettext(
        "%(word)s entry needs correcting before you can go on",
        "%(word)s entries need correcting before you can go on",
        number,
    ) % {"word": words.number_word(number)}
    return {"rows": rows, "title": title[:1].upper() + title[1:]}


def _first_control(form: BaseForm, name: str) -> str:
    if name not in form.fields:
        return ""
    identifier: str = form[name].id_for_label or form[name].auto_id
    return f"{identifier}_0" if form.fields[name].widget.use_fieldset else identifier


@register.inclusion_tag("components/stepper.html")
def stepper(current: int, *steps: str, **links: str) -> dict[str, Any]:
    """The steps of a path; those done may be links: `{% stepper 2 "A" "B" one=url %}`."""
    names = ("one", "two", "three", "four", "five")
    rows = [
        {
            "number": number,
            "label": label,
            "state": _step_state(number, current),
            "url": links.get(names[number - 1], ""),
        }
        for number, label in enumerate(steps, start=1)
    ]
    following = rows[current]["label"] if current < len(rows) else ""
    return {"steps": rows, "current": current, "total": len(rows), "next": following}


def _step_state(number: int, current: int) -> str:
    if number < current:
        return "done"
    return "current" if number == current else "next"


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """« Afficher les items 1 - 10 de 57 » and the pages; keeps the filters in the address."""
    return {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(
            page.number, on_each_side=1, on_ends=1
        ),
        "ellipsis": page.paginator.ELLIPSIS,
        "query": _query(context, without="page"),
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, key: str, label: str, current: str) -> dict[str, Any]:
    """The head of a column that sorts; `current` is the key in force, with « - » downwards."""
    down = current == key
    return {
        "label": label,
        "query": _query(context, without="sort", also={"page"}),
        "target": f"-{key}" if down else key,
        "direction": _direction(key, current),
    }


def _direction(key: str, current: str) -> str:
    if current == key:
        return "ascending"
    return "descending" if current == f"-{key}" else "none"


def _query(context: Context, *, without: str, also: set[str] | None = None) -> str:
    query = context["request"].GET.copy()
    for key in {without, *(also or set())}:
        query.pop(key, None)
    text = query.urlencode()
    return f"{text}&" if text else ""


@register.simple_block_tag
def notice(content: str, kind: str, title: str = "") -> SafeString:
    """A notice: info, ok, warn, danger; the text may be empty."""
    role = "alert" if kind == "danger" else "status"
    return format_html(
        '<div class="notice notice-{}" role="{}">{}<div><p class="notice-title">{}</p>{}</div></div>',
        kind,
        role,
        icon(NOTICE_ICONS[kind]),
        title,
        content,
    )
