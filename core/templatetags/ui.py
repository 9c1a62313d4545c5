"""The screens' parts as template tags; what each takes stands in templates/components/README.md."""

import datetime as dt
from functools import cache
from html import escape
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import languages, typography, words
from core.dates import now

register = template.Library()

register.filter("day_in_words", words.day_in_words)
register.filter("short_day", words.short_day)
register.filter("weekday_and_number", words.weekday_and_number)
register.simple_tag(words.days_span, name="days_span")
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


@register.filter
def typeset(text: Any) -> str:
    """A text that people wrote, with the spaces and apostrophes of the screen's language."""
    return typography.typeset(str(text), get_language() or "fr")


# Status → icon and words (LOOK, Statuses).
BADGES = {
    "free": ("free", pgettext_lazy("status", "Free")),
    "held": ("held", pgettext_lazy("status", "Held")),
    "planned": ("planned", pgettext_lazy("status", "Planned")),
    "admin": ("admin", pgettext_lazy("status", "Reserved by the administration")),
    "suspended": ("susp", pgettext_lazy("status", "Suspended")),
    "replan": ("replan", pgettext_lazy("status", "To be replanned")),
    "nostatus": ("nostat", pgettext_lazy("status", "Past without status")),
    "came": ("came", pgettext_lazy("status", "Came")),
    "absent": ("absent", pgettext_lazy("status", "Did not come")),
    "cancelled": ("cancel", pgettext_lazy("status", "Cancelled")),
    "unconfirmed": ("unconf", pgettext_lazy("status", "Not confirmed!")),
    "taken": ("unconf", pgettext_lazy("status", "Not confirmed!")),
    "confirmed": ("ok", pgettext_lazy("status", "Confirmed")),
    "lapsed": ("cancel", pgettext_lazy("status", "Lapsed")),
    "took_place": ("came", pgettext_lazy("status", "Took place")),
    "missed": ("absent", pgettext_lazy("status", "Did not appear")),
    "blocked": ("cancel", pgettext_lazy("status", "Blocked")),
    "active": ("ok", pgettext_lazy("status", "Active")),
    "in_force": ("ok", pgettext_lazy("status", "In force")),
    "new": ("free", pgettext_lazy("status", "Never signed in")),
    "queued": ("held", pgettext_lazy("status", "Waiting")),
    "sent": ("ok", pgettext_lazy("status", "Sent")),
    "failed": ("err", pgettext_lazy("status", "Failed")),
    "invited": ("mail", pgettext_lazy("status", "Invited")),
}
NOTICE_ICONS = {"info": "info", "ok": "ok", "warn": "warn", "danger": "err"}


@register.simple_tag
def choice_input(option: Any) -> SafeString:
    """A radio button's or checkbox's input; Django sets each by a template of its own."""
    data = option.data
    given = {name: data[name] for name in ("type", "name", "value")}
    return format_html("<input{}>", flatatt({**given, **data["attrs"]}))


@register.simple_tag
def select_options(groups: list[Any]) -> SafeString:
    """The options of a list, with their groups: plain strings, for a list may have hundreds."""
    texts = (_option_group(name, options) for name, options, _index in groups)
    return mark_safe("".join(texts))  # noqa: S308 (each value and label is escaped)


def _option_group(name: str | None, options: list[Any]) -> str:
    shown = "".join(
        f'<option value="{escape(str(one["value"]))}"'
        f"{flatatt(one['attrs']) if one['attrs'] else ''}>{escape(str(one['label']))}</option>"
        for one in options
    )
    return (
        f'<optgroup label="{escape(str(name))}">{shown}</optgroup>' if name else shown
    )


@register.simple_tag
@cache
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
def field(
    bound: BoundField, *, bare: bool = False, add: Any = None, needs: str = ""
) -> dict[str, Any]:
    """A field: label, hint, error, control, in that order.

    `bare` leaves « (facultatif) » away, `add` is the invitation of a several-choice
    (« Ajouter une langue »), `needs="name=value"` shows the field only while that is chosen.
    """
    widget = bound.field.widget
    shows = getattr(widget, "shows", "")
    key = bound.id_for_label or bound.html_name
    words_of = {"hint": bound.help_text, "error": bound.errors}
    described = " ".join(f"{key}-{word}" for word, there in words_of.items() if there)
    attrs: dict[str, str | bool] = {"aria-describedby": described} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "key": key,
        "shows": shows,
        "described": described,
        "fieldset": widget.use_fieldset,
        "control": "" if widget.use_fieldset else bound.as_widget(attrs=attrs),
        "optional": not bare and not bound.field.required and shows != "switch",
        "add": add or _("Add"),
        "needs": needs,
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """The errors on top, each a link to its field; takes the focus.

    One refusal that belongs to no field is its own title.
    """
    rows = [
        {
            "label": form[name].label if name in form.fields else "",
            "target": _first_control(form, name),
            "words": words.after_colon(str(error)) if name in form.fields else error,
        }
        for name, errors in form.errors.items()
        for error in errors
    ]
    fields = len([name for name in form.errors if name in form.fields])
    if rows and not fields:
        return {"title": rows[0]["words"], "rows": rows[1:], "shown": True}
    title = ngettext(
        "%(word)s field needs correcting before you can go on",
        "%(word)s fields need correcting before you can go on",
        fields,
    ) % {"word": words.number_word(fields)}
    return {
        "rows": rows,
        "title": title[:1].upper() + title[1:],
        "shown": bool(rows),
    }


def _first_control(form: BaseForm, name: str) -> str:
    if name not in form.fields:
        return ""
    identifier: str = form[name].id_for_label or form[name].auto_id
    return f"{identifier}_0" if form.fields[name].widget.use_fieldset else identifier


@register.inclusion_tag("components/stepper.html")
def stepper(current: int, *steps: str, **links: str) -> dict[str, Any]:
    """The steps of a path; those done may be links: `{% stepper 2 "A" "B" one=url %}`."""
    names = ("one", "two", "three", "four", "five", "six")
    rows = [
        {"label": label, "url": links.get(names[at], "")}
        for at, label in enumerate(steps)
    ]
    return _steps(current, rows)


@register.inclusion_tag("components/stepper.html")
def vertical_stepper(current: int, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The portal's steps, downwards, with the answers given: rows of label, url, answer."""
    return {**_steps(current, steps), "vertical": True}


def _steps(current: int, steps: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {**row, "number": number, "state": _step_state(number, current)}
        for number, row in enumerate(steps, start=1)
    ]
    following = rows[current]["label"] if current < len(rows) else ""
    return {
        "steps": rows,
        "current": current,
        "total": len(rows),
        "next": words.after_colon(str(following)),
        "vertical": False,
    }


def _step_state(number: int, current: int) -> str:
    if number < current:
        return "done"
    return "current" if number == current else "next"


@register.inclusion_tag("components/tabs.html")
def tabs(items: list[dict[str, Any]], label: str) -> dict[str, Any]:
    """Pages side by side as links: rows of label, url, current and perhaps count."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Where one is, from three levels on: rows of label and url; the last has none."""
    return {"items": items}


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


@register.simple_block_tag
def popover(content: str, name: str, key: str) -> SafeString:
    """Details of a name, on hover, focus and touch; `key` is unique on the page."""
    return format_html(
        '<span class="popover-anchor"><button type="button" class="popover-trigger"'
        ' aria-describedby="about-{0}">{1}</button>'
        '<span class="popover" role="tooltip" id="about-{0}">{2}</span></span>',
        key,
        name,
        content,
    )


@register.simple_block_tag
def dialog(content: str, key: str, title: str) -> SafeString:
    """A window over the page; opened by `data-dialog="key"`, closed by `data-close` and Esc.

    Inside: `.dialog-body`, then `.dialog-foot` with the actions, danger last.
    """
    return render_to_string(
        "components/dialog.html", {"key": key, "title": title, "content": content}
    )


@register.simple_block_tag
def empty(content: str, title: str) -> SafeString:
    """What is missing and why, and one way out."""
    return format_html(
        '<div class="empty"><p class="lead">{}</p>{}</div>', title, content
    )


@register.inclusion_tag("components/hold.html")
def hold(until: dt.datetime, label: str, total: int = 0) -> dict[str, Any]:
    """Held until an hour; `total` in seconds draws the bar of what is left."""
    left = max(0, round((until - now()).total_seconds()))
    return {"until": until, "label": label, "total": total, "left": min(left, total)}


@register.inclusion_tag("components/file_row.html")
def file_row(name: str, size: int, **more: Any) -> dict[str, Any]:
    """A file: `loaded` (when), `open` (address), `delete` (address of a POST)."""
    return {"name": name, "size": size, **more}
