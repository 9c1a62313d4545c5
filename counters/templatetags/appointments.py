"""Statuses of slots and appointments, with shape and word (LOOK, Statuses)."""

from collections.abc import Mapping
from html import escape

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.templatetags.ui import BADGES, badge, icon
from counters.agenda import Entry

register = template.Library()

# Our states → the kit's badges.
AS_BADGE = {
    "booked": "planned",
    "reserved": "admin",
    "no_status": "nostatus",
    "done": "came",
}
WORDS = {
    "assigned": _("assigned"),
    "held": _("pre-booked"),
    "confirmed": _("confirmed by the person"),
    "moved": _("moved"),
    "cancelled": _("cancelled"),
    "done": _("carried out"),
    "absent": _("did not appear"),
    "lapsed": _("the time to confirm has passed"),
    "given_back": _("given back"),
    "slot_suspend": _("the slot was suspended"),
    "slot_reserve": _("the slot was reserved for the administration"),
    "slot_vanished": _("the counter's hours were changed"),
}


@register.simple_tag
def slot_badge(state: str) -> SafeString:
    """The badge of a slot's or an appointment's state."""
    return badge(AS_BADGE.get(state, state))


@register.simple_tag
def slot_icon(state: str) -> SafeString:
    """The shape alone; the word stands beside it."""
    shape, _word = BADGES[AS_BADGE.get(state, state)]
    return format_html("{}", icon(shape))


# In a narrow column a word is enough; the badge of the detail says the rest.
SHORT = {"reserved": pgettext_lazy("slot", "admin.")}


@register.simple_tag
def slot_entries(entries: list[Entry]) -> SafeString:
    """The slots of a column: plain strings, for a thousand through a template take 0.4 s."""
    listed = reverse("counters:slots")
    states = {entry.state for entry in entries}
    shapes = {state: slot_icon(state) for state in states}
    words = {state: str(BADGES[AS_BADGE.get(state, state)][1]) for state in states}
    short = {state: str(SHORT.get(state, words[state].lower())) for state in states}
    texts = [
        f'<li class="slot slot-{one.state} p-at-{one.position} p-len-{one.length}'
        f'{" slot-past" if one.past else ""}"><a id="slot-{(pk := str(one.pk))}" href="{listed}{pk}/">'
        f"{shapes[one.state]}<b>{one.wall.hour:02}:{one.wall.minute:02}</b>"
        f" <span>{_whose(one, words) if one.last_name else short[one.state]}</span></a></li>"
        for one in entries
    ]
    return mark_safe("".join(texts))  # noqa: S308 (people's names are escaped in _whose)


def _whose(entry: Entry, words: Mapping[str, str]) -> str:
    """The person, with what is only heard."""
    heard = f"{escape(entry.first_name)}, {words[entry.state]}"
    return f'{escape(entry.last_name)}<span class="hidden"> {heard}</span>'


@register.simple_tag
def event_words(what: str) -> str:
    """What happened, in words."""
    return str(WORDS[what])
