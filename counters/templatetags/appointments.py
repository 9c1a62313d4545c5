"""Statuses of slots and appointments, with shape and word (LOOK, Statuses)."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import BADGES, badge, icon

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


@register.simple_tag
def event_words(what: str) -> str:
    """What happened, in words."""
    return str(WORDS[what])
