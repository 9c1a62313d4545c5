"""The style guide's pages. Nothing of it belongs to a tenant or to a person."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core import views
from core.access import demo_only
from core.dates import ZURICH, now
from core.styleguide.forms import EveryField
from core.templatetags.ui import BADGES

FILLED = {
    "name": "Hrytsenko",
    "born": "14.03.1991",
    "postcode": "2610",
    "email": "oksana.hrytsenko@exemple.ch",
    "phone": "079 555 01 62",
    "password": "a long enough one",
    "time": "08:30",
    "mode": "here",
    "place": "biel",
    "language": "uk",
    "languages": ["ti", "ar"],
    "places": ["biel"],
    "interpreter": "1",
    "remark": "Vient avec un enfant en bas âge.",
    "agreed": "on",
}
WRONG: dict[str, Any] = {**FILLED, "born": "31.04.1991", "postcode": "261"}
SYMBOLS = [
    "chev-r",
    "chev-l",
    "chev-d",
    "chev-u",
    "check",
    "x",
    "search",
    "cal",
    "calplus",
    "clock",
    "user",
    "print",
    "upload",
    "download",
    "file",
    "trash",
    "edit",
    "info",
    "warn",
    "err",
    "ok",
    "free",
    "held",
    "planned",
    "admin",
    "susp",
    "replan",
    "nostat",
    "came",
    "absent",
    "cancel",
    "unconf",
    "pin",
    "phone",
    "mail",
    "logout",
    "bubbles",
    "plus",
    "minus",
    "menu",
    "sort",
    "sortup",
    "sortdown",
    "eye",
    "train",
    "lift",
    "building",
    "home",
    "filter",
    "busy",
    "ref",
    "help",
    "id",
    "move",
    "permit",
    "stamp",
]
COLOURS = [
    ("ink", "#14171a"),
    ("ink-2", "#444b53"),
    ("ink-3", "#5c636b"),
    ("line-strong", "#767d85"),
    ("line", "#d6dade"),
    ("paper-2", "#e9ebed"),
    ("paper", "#f4f5f6"),
    ("danger", "#b23a00"),
    ("warn", "#7a4d00"),
    ("ok", "#1d5e2b"),
    ("info", "#0b4f6c"),
]


def moments() -> list[SimpleNamespace]:
    """Three appointments, two on the same day."""
    day = dt.datetime(2026, 11, 16, 8, 30, tzinfo=ZURICH)
    starts = [day, day.replace(hour=10), day.replace(day=17, hour=9, minute=0)]
    places = ["Biel/Bienne", "Moutier", "Interlaken"]
    states = ["confirmed", "unconfirmed", "replan"]
    people = ["Tesfay, Selam", "Al-Hamdan, Yasmin", "Hrytsenko, Oksana"]
    return [
        SimpleNamespace(
            starts_at=start,
            ends_at=start + dt.timedelta(minutes=90),
            again=at > 0 and start.date() == starts[at - 1].date(),
            place=places[at],
            state=states[at],
            person=people[at],
        )
        for at, start in enumerate(starts)
    ]


@demo_only()
def sheet(request: HttpRequest) -> HttpResponse:
    """Every part; `?density=citizen` in the portal's size, `?wrong=1` with the form refused."""
    wrong = request.GET.get("wrong") == "1"
    form = EveryField(WRONG if wrong else FILLED, files=None)
    if not wrong:
        form = EveryField(initial={**FILLED, "interpreter": True})
    density = "citizen" if request.GET.get("density") == "citizen" else "clerk"
    context = {
        "form": form,
        "shown_density": density,
        "colours": COLOURS,
        "symbols": SYMBOLS,
        "badges": list(BADGES),
        "moments": moments(),
        "page": Paginator(range(57), 10).page(2),
        "in_a_while": now() + dt.timedelta(minutes=14, seconds=20),
        "statuses": [*views.ERRORS, 500],
        "tabs": [
            {"label": _("Enter data"), "url": "#", "current": True},
            {"label": _("Upload documents"), "url": "#"},
            {"label": _("Document uploaded"), "url": "#", "count": 1},
        ],
        "crumbs": [
            {"label": _("Counters"), "url": "#"},
            {"label": _("Dates"), "url": "#"},
            {"label": "10.11.2026", "url": ""},
        ],
    }
    return render(request, "styleguide/sheet.html", context)


@demo_only()
def portal(request: HttpRequest) -> HttpResponse:
    """A page of the portal: steps, hold, one question."""
    steps = [
        {"label": _("Matter"), "url": "#", "answer": "Carte d’identité"},
        {"label": _("Place"), "url": "#", "answer": "Biel/Bienne"},
        {"label": _("Date and time")},
        {"label": _("Your details")},
        {"label": _("Check")},
    ]
    day = dt.datetime(2026, 11, 12, 9, 30, tzinfo=ZURICH)
    context = {
        "steps": steps,
        "in_a_while": now() + dt.timedelta(minutes=12, seconds=40),
        "day": day,
        "hours": [day + dt.timedelta(minutes=30 * step) for step in range(6)],
    }
    return render(request, "styleguide/portal.html", context)


@demo_only()
def error(request: HttpRequest, status: int) -> HttpResponse:
    """A page of errors, with its own status."""
    if status == 500:
        return views.server_error(request)
    if status not in views.ERRORS:
        raise Http404
    return views.error_page(request, status)
