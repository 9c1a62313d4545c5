"""The journal's seals: a chain of digests, one link a day (UTC), that shows any later change.

    entry   SHA-256 of the entry's columns as a JSON array (ENTRY)
    content SHA-256 of the entries' digests, by id
    digest  SHA-256 of "<digest of the day before> <day> <entries> <content>", in hexadecimal

A trigger refuses to change a seal as it refuses to change the journal. Whoever owns the
database can take both away, and compute the chain anew: that shows beside a copy that has
left the machine. Each seal is a line of the log (journal.sealed), and stands in the manifest
of every backup made after it.

Retention never takes an entry, so that whatever is missing was removed by somebody. What it
does take, the notes (core.journal.JournalNote), is not sealed. Should entries one day go for
their age, then whole days from the first on, and `_chain` begins behind them.
"""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import structlog
from django.db import connection, models, transaction

from core.dates import now
from core.journal import JournalEntry

log = structlog.get_logger(__name__)
# An entry has the time at which it was written and is seen when its transaction ends. A day
# is sealed so long after its end; and never while a transaction that is older is writing.
MARGIN = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
EVENT = "journal.sealed"
# Read back by verification for ever: a new column of the journal is sealed by a second array
# from some day on, never by changing this one.
ENTRY = """
    jsonb_build_array(
        id, tenant_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
        actor_id, action, subject_type, subject_id, detail, address, request_id
    )
"""
# Counted and hashed in the database: 32 bytes an entry are all that is held.
CONTENT = f"""
    SELECT count(*), encode(sha256(coalesce(string_agg(
        sha256(convert_to({ENTRY}::text, 'UTF8')), ''::bytea ORDER BY id
    ), ''::bytea)), 'hex')
    FROM core_journalentry WHERE at >= %s AND at < %s
"""  # noqa: S608 (no value of anybody's)
WRITING = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND backend_type = 'client backend'
          AND backend_xid IS NOT NULL AND xact_start < %s
    )
"""


class JournalSeal(models.Model):
    """One day's link. The first one also holds whatever is older."""

    day = models.DateField(primary_key=True)
    entries = models.PositiveBigIntegerField()
    content = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        app_label = "core"


@dataclass(frozen=True)
class Copied:
    """What a copy elsewhere says of a day."""

    entries: int
    digest: str


class Differs(Exception):
    """The journal is not what was sealed; the sentence says where it begins and what."""


@dataclass(frozen=True)
class Verified:
    """How much was compared and found equal."""

    days: int
    entries: int
    digest: str


def end_of(day: dt.date) -> dt.datetime:
    """The first moment that is not of the day any more."""
    return dt.datetime.combine(day + DAY, dt.time(), tzinfo=dt.UTC)


def link(previous: str, day: dt.date, entries: int, content: str) -> str:
    """The digest of a day behind that of the day before; "" before the first."""
    told = f"{previous} {day.isoformat()} {entries} {content}"
    return hashlib.sha256(told.encode()).hexdigest()


def seal_finished(*, seconds: float = 3600) -> int:
    """Seals each finished day that has no seal yet, in order; gives how many it did.

    Days that were missed are caught up; past the `seconds` the next run goes on. Two at
    once come to the same digest, and the second row is refused: one line in the log.
    """
    end, done = time.monotonic() + seconds, 0
    last = JournalSeal.objects.order_by("-day").first()
    while (day := _next(last)) and time.monotonic() < end:
        entries, content = _content(end_of(last.day) if last else None, end_of(day))
        last, new = JournalSeal.objects.get_or_create(
            day=day,
            defaults={
                "entries": entries,
                "content": content,
                "digest": link(last.digest if last else "", day, entries, content),
            },
        )
        if new:
            log.info(EVENT, day=str(day), entries=entries, digest=last.digest)
            done += 1
    return done


def _next(last: JournalSeal | None) -> dt.date | None:
    """The day to be sealed after `last`; None when there is none yet."""
    day = _waiting(last)
    # Half of it for clocks: the entry's time is the web's, the transaction's the database's.
    return day if day and not _writing(end_of(day) + MARGIN / 2) else None


def _waiting(last: JournalSeal | None) -> dt.date | None:
    """The first day without a seal that has been over for a while."""
    if last:
        day = last.day + DAY
    elif first := JournalEntry.objects.order_by("id").first():
        day = first.at.astimezone(dt.UTC).date()
    else:
        return None
    return day if now() >= end_of(day) + MARGIN else None


def _writing(before: dt.datetime) -> bool:
    """Whether a transaction that began before that is still writing."""
    with connection.cursor() as cursor:
        cursor.execute(WRITING, [before])
        return bool(cursor.fetchone()[0])


def _content(since: dt.datetime | None, until: dt.datetime) -> tuple[int, str]:
    """Number and digest of the entries of that time, whatever the time it takes."""
    begin = since.isoformat() if since else "-infinity"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(CONTENT, [begin, until])
        entries, content = cursor.fetchone()
    return entries, content


def unsealed_for() -> dt.timedelta:
    """For how long the first day without a seal could have had one; 0: there is none."""
    day = _waiting(JournalSeal.objects.order_by("-day").first())
    return now() - end_of(day) - MARGIN if day else dt.timedelta()


# Verification -----------------------------------------------------------------------------------
Copy = Mapping[dt.date, set[Copied]]


def copied(lines: Iterable[str]) -> dict[dt.date, set[Copied]]:
    """The seals among the lines of a log, whatever a line begins with; others are skipped.

    A day that was sealed twice has both: one of them is not of this journal.
    """
    found: dict[dt.date, set[Copied]] = {}
    for line in lines:
        try:
            row = json.loads(line[line.index("{") :])
        except ValueError:
            continue
        if row.get("event") == EVENT:
            day = dt.date.fromisoformat(row["day"])
            found.setdefault(day, set()).add(Copied(row["entries"], row["digest"]))
    return found


def verify(copy: Copy) -> Verified:
    """Computes every day anew and compares it with its seal and with the copy of it.

    Raises Differs at the first day that is not the same.
    """
    days = entries = 0
    previous, since = "", None
    for seal in _chain(copy):
        until = end_of(seal.day)
        _compare(seal, _content(since, until))
        if seal.digest != link(previous, seal.day, seal.entries, seal.content):
            raise Differs(f"{seal.day}: the seal is not the one that was set.")
        for told in copy.get(seal.day, set()) - {Copied(seal.entries, seal.digest)}:
            raise Differs(
                f"{seal.day}: the copy has {told.entries} entries and the digest"
                f" {told.digest}, the journal {seal.entries} and {seal.digest}."
            )
        days, entries = days + 1, entries + seal.entries
        previous, since = seal.digest, until
    return Verified(days, entries, previous)


def _chain(copy: Copy) -> Iterator[JournalSeal]:
    """Every seal by its day. Raises Differs where a day of the chain or the copy has none."""
    missing = sorted(copy)
    expected: dt.date | None = None
    for seal in JournalSeal.objects.order_by("day"):
        gone = [day for day in missing if day < seal.day]
        if expected and seal.day != expected:
            gone.append(expected)
        if gone:
            raise Differs(f"{min(gone)}: the seal was removed.")
        missing = [day for day in missing if day > seal.day]
        expected = seal.day + DAY
        yield seal
    if missing:
        raise Differs(f"{missing[0]}: the seal was removed.")


def _compare(seal: JournalSeal, found: tuple[int, str]) -> None:
    """Whether the day has the entries that it had when it was sealed."""
    entries, content = found
    if entries < seal.entries:
        raise Differs(f"{seal.day}: {seal.entries - entries} entries were removed.")
    if entries > seal.entries:
        raise Differs(f"{seal.day}: {entries - seal.entries} entries were added.")
    if content != seal.content:
        raise Differs(f"{seal.day}: an entry was changed.")
