"""Right of access: everything on one person, nothing of others, behind a fresh code."""

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from accounts.actions.privacy import ask_for_data
from accounts.models import Membership
from core.dates import now
from core.journal import JournalEntry
from core.privacy import access, retention
from core.privacy.models import AccessFile
from core.privacy.subjects import Found
from tests.accounts.test_administration import client_of, operator
from tests.accounts.test_dump import dump
from tests.conftest import Canton, code_of, person
from tests.core.planted import plant
from tests.core.test_retention_killed import everything_in_the_files
from tests.counters.town import make_town

__all__ = ["operator"]
Signed = Callable[[Membership], Client]
CLIENT, CITIZEN, COLLEAGUE = 0, 2, 4
KINDS = {
    CLIENT: "booking.client", CITIZEN: "counters.person", COLLEAGUE: "accounts.user",
}  # fmt: skip
# Of the service, not of the person: words that somebody else searched for.
NOT_THEIRS = re.compile(r"kanari\d{3}(query|name)\b")


def marks(text: str, number: int) -> set[str]:
    """Everything that was planted of one person."""
    return set(re.findall(rf"kanari{number:03}[a-z]*", text.lower()))


def unpacked(content: bytes) -> tuple[str, zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = archive.namelist()
    parts = [archive.read(name).decode("latin-1") for name in names]
    return "\n".join([*names, *parts]), archive


def test_a_zip_holds_all_of_one_and_nothing_of_others(
    canton: Canton,
    operator: Membership,
) -> None:
    ids = plant(canton, make_town(canton.tenant))
    everything = (dump() + everything_in_the_files()).lower()
    for number, kind in KINDS.items():
        row = ask_for_data(
            by=operator, found=Found(kind, ids[number], ""), language="fr"
        )
        access.make(row.pk)
        row.refresh_from_db()
        with default_storage.open(row.path) as file:
            text, archive = unpacked(file.read())
        planted = {
            mark for mark in marks(everything, number) if not NOT_THEIRS.fullmatch(mark)
        }
        assert planted - marks(text, number) == set()
        assert len(planted) >= 10
        others = [n for n in range(50) if n != number and marks(text, n)]
        assert others == []
        assert json.loads(archive.read("dossier.json"))["sections"]
        assert archive.read("dossier.html").startswith(b"<!doctype html>")
        assert archive.testzip() is None


def test_no_secret_is_in_it(
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    as_(canton.commune)
    found = Found("accounts.user", canton.commune.user_id, "")
    row = ask_for_data(by=operator, found=found, language="fr")
    access.make(row.pk)
    row.refresh_from_db()
    with default_storage.open(row.path) as file:
        text, _archive = unpacked(file.read())
    user = canton.commune.user
    assert user.password not in text
    assert all(code.code_hash not in text for code in user.recovery_codes.all())
    assert all(one.session_key not in text for one in user.sessions.all())


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_for_made_and_downloaded_with_a_fresh_code(
    canton: Canton,
    operator: Membership,
    as_: Signed,
) -> None:
    booking = client_of(canton)
    page = f"/administration/people/booking.client/{booking.pk}/"
    at = now()
    with time_machine.travel(at, tick=False) as clock:
        client = as_(operator)
        clock.shift(dt.timedelta(minutes=30))  # the code of signing in is not fresh
        assert client.post(f"{page}ask/", {}).status_code == 422
        assert client.post(f"{page}ask/", {"code": "000000"}).status_code == 422
        assert not AccessFile.objects.exists()
        assert (
            client.post(f"{page}ask/", {"code": code_of(operator.user)}).status_code
            == 302
        )
        row = AccessFile.objects.get()
        assert "En préparation" in client.get(page).text
        assert client.post(f"/administration/answers/{row.pk}/").status_code == 404
        access.make_waiting()
        assert "à télécharger jusqu" in client.get(page).text
        clock.shift(dt.timedelta(minutes=30))
        own = f"/administration/answers/{row.pk}/"
        assert client.post(own, {}).status_code == 422
        answer = client.post(own, {"code": code_of(operator.user)})
        text, _archive = unpacked(answer.getvalue())  # type: ignore[attr-defined]
        assert "Zebedäus" in text.encode("latin-1").decode()
        other = person(
            canton.tenant, "other-operator", operator.organisation, "accounts.operator"
        )
        assert as_(other).post(own).status_code == 404
        clock.shift(dt.timedelta(hours=25))
        assert as_(operator).post(own).status_code == 404
    done = JournalEntry.objects.filter(
        action__startswith="access.", subject_id=booking.pk
    )
    actions = list(done.order_by("id").values_list("action", flat=True))
    assert actions == ["access.asked", "access.downloaded"]


def test_it_is_deleted_after_a_week(
    canton: Canton,
    operator: Membership,
    django_capture_on_commit_callbacks: Any,
) -> None:
    booking = client_of(canton)
    found = Found("booking.client", booking.pk, "")
    row = ask_for_data(by=operator, found=found, language="de")
    access.make(row.pk)
    row.refresh_from_db()
    assert default_storage.exists(row.path)
    with (
        time_machine.travel(now() + dt.timedelta(days=8)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        retention.run(canton.tenant)
    assert not AccessFile.objects.exists()
    assert not default_storage.exists(row.path)


def test_of_somebody_who_is_gone_it_says_so(
    canton: Canton,
    operator: Membership,
) -> None:
    booking = client_of(canton, last_name="")
    found = Found("booking.client", booking.pk, "")
    row = ask_for_data(by=operator, found=found, language="fr")
    access.make_waiting()
    row.refresh_from_db()
    assert row.failed_at
    assert not row.is_good
