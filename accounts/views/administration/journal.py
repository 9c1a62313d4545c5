"""The journal: who did, read, printed, exported what, about whom (TRUST §5). Itself journalled."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import subjects as accounts
from accounts.access import OPERATOR
from accounts.administration_forms import JournalForm
from accounts.models import User
from accounts.requests import OrganisationRequest
from core import exports, journal
from core.access import allow
from core.dates import at
from core.errors import Sentence
from core.journal import JournalEntry
from core.journal_search import MOST_EXPORTED, Wish, ids_in, lines, page
from core.privacy import subjects

# What stands in the details, in words; a code stays as it is.
DETAILS: dict[str, Sentence] = {
    "from": pgettext_lazy("journal", "from"),
    "until": pgettext_lazy("journal", "until"),
    "found": gettext_lazy("found:"),
    "rows": gettext_lazy("rows:"),
    "number": gettext_lazy("number:"),
    "fields": gettext_lazy("fields:"),
    "filters": gettext_lazy("filter:"),
    "language": gettext_lazy("language:"),
    "kind": gettext_lazy("kind:"),
    "page": gettext_lazy("page:"),
    "status": gettext_lazy("answer:"),
    "version": gettext_lazy("version:"),
    "role": gettext_lazy("role:"),
}
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOBODY = frozenset({uuid.UUID(int=0)})


@dataclass(frozen=True)
class Line:
    """A line as people read it."""

    at: dt.datetime
    who: str
    address: str
    what: str
    about: str
    detail: str


@allow(OPERATOR)
def journal_page(request: OrganisationRequest) -> HttpResponse:
    """The lines that fit the filter, fifty a page; or all of them as a file."""
    form = JournalForm.of_address(request.GET, request.tenant)
    context: dict[str, Any] = {"form": form, "found": []}
    if not form.is_valid():
        return render(
            request, "accounts/administration/journal.html", context, status=422
        )
    about, context["found"] = _about(request, form.cleaned_data["person"])
    context["about"] = about
    wish = _wish(request, form, about, narrowed=bool(form.cleaned_data["person"]))
    rows = lines(request.tenant, wish)
    if kind := request.GET.get("export"):
        return _export(request, form, rows, kind)
    shown, following = page(rows, _number(request.GET.get("before", "")))
    _note(request, "journal.read", form)
    context |= {
        "lines": _read(request, shown),
        "following": following,
        "query": _query(request),
        "later": "before" in request.GET,
    }
    return render(request, "accounts/administration/journal.html", context)


def _about(
    request: OrganisationRequest, words: str
) -> tuple[subjects.Found | None, list[dict[str, Any]]]:
    """The person chosen; or those whom the words may mean, for the operator to choose."""
    kind, _dot, pk = request.GET.get("about", "").partition(":")
    known = {one.key: one for one in subjects.of(request.tenant)}
    if kind in known and (key := _uuid(pk)):
        name = known[kind].names(request.tenant, [key]).get(key) or _("Data erased")
        return subjects.Found(kind, key, name), []
    found = subjects.find(request.tenant, words)
    if len(found) == 1:
        return found[0], []
    return None, [{"person": one, "kind": known[one.kind].title} for one in found]


def _wish(
    request: OrganisationRequest,
    form: JournalForm,
    about: subjects.Found | None,
    *,
    narrowed: bool,
) -> Wish:
    typed, zone = form.cleaned_data, request.tenant.zone
    ids = None
    if about:
        ids = frozenset(subjects.SUBJECTS[about.kind].ids(request.tenant, about.pk))
    actors = None
    if typed["who"]:
        found = accounts.fitting(request.tenant, typed["who"])
        actors = frozenset(found.values_list("pk", flat=True)) or NOBODY
    return Wish(
        since=at(typed["first"], dt.time(), zone),
        until=at(typed["last"] + dt.timedelta(days=1), dt.time(), zone),
        actors=actors,
        about=ids if ids is not None or not narrowed else NOBODY,
        action=typed["action"],
    )


def _read(request: OrganisationRequest, rows: Iterable[JournalEntry]) -> list[Line]:
    """Lines in words: names of people and things in a few queries, however many lines."""
    rows = list(rows)
    ids = ids_in(rows)
    names = subjects.names(request.tenant, ids)
    here = User.objects.of(request.tenant).filter(pk__in=ids)
    names |= {user.pk: str(user) for user in here}
    return [
        Line(
            row.at,
            names.get(row.actor_id, _("Unknown")) if row.actor_id else _("The clock"),
            row.address or "",
            str(journal.called(row.action)),
            names.get(row.subject_id, "") if row.subject_id else "",
            _detail(row),
        )
        for row in rows
    ]


def _detail(row: JournalEntry) -> str:
    """Counts and codes, and the note while it is there."""
    parts = [
        f"{DETAILS.get(name, name)} {_plain(value)}"
        for name, value in row.detail.items()
        if value
    ]
    if hasattr(row, "note"):
        parts.append(row.note.text)
    return ", ".join(parts)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if ISO_DAY.fullmatch(str(value)):
        return f"{dt.date.fromisoformat(value):%d.%m.%Y}"
    kind = subjects.SUBJECTS.get(str(value))
    return str(kind.title if kind else value)


def _note(
    request: OrganisationRequest, action: str, form: JournalForm, **more: Any
) -> None:
    """Who looks into the journal stands in it: with the filter, never with its words."""
    typed = form.cleaned_data
    journal.record(
        action,
        tenant_id=request.tenant.pk,
        actor_id=request.user.pk,
        detail={
            "filters": [name for name in ("who", "person", "action") if typed[name]],
            "from": typed["first"].isoformat(),
            "until": typed["last"].isoformat(),
            **more,
        },
    )


def _export(
    request: OrganisationRequest, form: JournalForm, rows: Any, kind: str
) -> HttpResponse:
    read = _read(request, rows[:MOST_EXPORTED])
    _note(request, "journal.exported", form, rows=len(read))
    heads = [_("Moment"), _("Who"), _("Address"), _("Act"), _("About"), _("Details")]
    lines_ = [(one.who, one.address, one.what, one.about, one.detail) for one in read]
    moments = [one.at.astimezone(request.tenant.zone) for one in read]
    if kind == "csv":
        written = [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in moments]
        cells = [[when, *line] for when, line in zip(written, lines_, strict=True)]
        return exports.csv_response([heads, *cells], "journal.csv")
    typed = [[when, *line] for when, line in zip(moments, lines_, strict=True)]
    content = exports.workbook({_("Journal"): [heads, *typed]}, request.tenant.zone)
    return exports.xlsx_response(content, "journal.xlsx")


def _query(request: OrganisationRequest) -> str:
    """The filter as it stands in the address, without the page."""
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
