"""Backups: one moment, nothing twice, nothing in clear; what is no longer kept goes."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Tenant
from config.host import backup, pool, restore, sealing, tables, tools
from config.host.backup import Refused
from core.dates import now
from core.privacy import retention
from core.privacy.models import Erasure
from core.uploads.models import StoredFile
from counters.models import Appointment, Person
from tests.core.test_retention import LATER, run
from tests.counters.conftest import town  # noqa: F401 (a fixture)
from tests.counters.town import Town

EMPTY = hashlib.sha256(b"").hexdigest()
KEY = Fernet.generate_key().decode()
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def kept(settings: Any, tmp_path: Path) -> Path:
    settings.BACKUP_KEYS = [KEY]
    settings.BACKUP_ROOT = tmp_path / "backups"
    return tmp_path / "backups"


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="berne", name="Canton de Berne", office="Amt")


def sealed_files() -> list[Path]:
    """What the pool holds, but the list of erasures, which is empty and in every backup."""
    return sorted(
        path
        for path in pool.root().rglob("*")
        if path.is_file() and EMPTY not in path.name
    )


def sizes(made: backup.Backup) -> list[int]:
    """Of all files but the list of erasures."""
    files = made.manifest.files.items()
    return [row[0] for path, row in files if path != retention.LIST]


def save(name: str, content: bytes) -> None:
    default_storage.save(name, ContentFile(content))


def at(moment: dt.datetime) -> backup.Backup:
    """A backup made then."""
    with time_machine.travel(moment, tick=False), backup.alone():
        return backup.make()


def test_a_backup_counts_what_there_is_and_shows_nothing_of_it(
    tenant: Tenant, kept: Path
) -> None:
    save("uploads/a", b"the form of a client")
    made = at(NOON)
    assert made.name == "2026-11-21T12-00-00Z"
    held = backup.named("latest").manifest
    assert held == made.manifest
    assert held.tables["accounts_tenant"][0] == 1
    assert held.tables["django_migrations"][0] > 10
    assert "sequence django_migrations_id_seq" in held.tables
    assert sizes(made) == [20]
    assert held.keys["BACKUP_KEYS"] == [sealing.name_of(KEY)]
    assert kept.stat().st_mode & 0o077 == 0
    for path in kept.rglob("*"):
        if path.is_file() and path.name != ".lock":
            assert path.stat().st_mode & 0o077 == 0, path
            content = path.read_bytes()
            assert content.startswith(sealing.MAGIC)
            for word in (b"client", b"Canton", b"PGDMP", b"accounts_tenant"):
                assert word not in content


def test_a_file_is_kept_once_and_goes_with_the_last_backup_of_it() -> None:
    save("uploads/a", b"one")
    save("uploads/b", b"one")
    save("documents/c", b"two")
    at(NOON)
    assert len(sealed_files()) == 2
    first = {path: path.stat().st_ino for path in sealed_files()}
    default_storage.delete("documents/c")
    at(NOON + dt.timedelta(minutes=15))
    assert {path: path.stat().st_ino for path in sealed_files()} == first
    with backup.alone():
        assert backup.prune(keep=1, keep_days=0) == 1
    assert len(sealed_files()) == 1
    assert len(backup.folders()) == 1


def test_a_changed_file_is_another_file() -> None:
    save("uploads/a", b"one")
    at(NOON)
    Path(default_storage.path("uploads/a")).write_bytes(b"longer")
    second = at(NOON + dt.timedelta(minutes=15))
    assert len(sealed_files()) == 2
    assert sizes(second) == [6]


def test_the_newest_and_one_a_day_are_kept() -> None:
    for hours in (0, 1, 2, 24, 25, 48, 49):
        at(NOON + dt.timedelta(hours=hours))
    with backup.alone():
        assert backup.prune(keep=2, keep_days=3) == 3
    assert [folder.name for folder in backup.folders()] == [
        "2026-11-23T13-00-00Z",
        "2026-11-23T12-00-00Z",
        "2026-11-22T13-00-00Z",
        "2026-11-21T14-00-00Z",
    ]


def test_what_a_killed_backup_left_is_no_backup_and_goes(kept: Path) -> None:
    part = kept / ".part-2026-11-20T12-00-00Z"
    part.mkdir(parents=True)
    (part / "database.sealed").write_bytes(b"half")
    at(NOON)
    with backup.alone():
        backup.prune(keep=1, keep_days=1)
    assert not part.exists()
    assert len(backup.folders()) == 1


def test_a_new_key_seals_everything_anew(settings: Any) -> None:
    save("uploads/a", b"one")
    at(NOON)
    new = Fernet.generate_key().decode()
    settings.BACKUP_KEYS = [new, KEY]
    second = at(NOON + dt.timedelta(minutes=15))
    settings.BACKUP_KEYS = [new]
    assert backup.read(second.folder).manifest.files
    for path in sealed_files():
        if sealing.name_of(new) in path.parts:
            path.with_suffix(".plain").touch()
            with path.open("rb") as file, path.with_suffix(".plain").open("wb") as to:
                sealing.unseal(file, to, [new])
            assert path.with_suffix(".plain").read_bytes() == b"one"
    with pytest.raises(Refused, match=f"needs the key {sealing.name_of(KEY)}"):
        backup.read(backup.folders()[1])


def test_two_at_once_are_one() -> None:
    with backup.alone(), pytest.raises(CommandError, match="Another backup"):
        call_command("backup")


def test_without_a_key_nothing_is_written(settings: Any, kept: Path) -> None:
    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="BACKUP_KEYS is not set"):
        call_command("backup")
    assert backup.folders() == []


def test_a_program_that_is_missing_is_told() -> None:
    with pytest.raises(tools.Missing, match="install postgresql-client-99"):
        tools.program("pg_dump", 99)


def test_nothing_is_restored_over_anything(tenant: Tenant) -> None:
    made = at(NOON)
    with pytest.raises(CommandError, match="is not empty: a backup is restored into"):
        call_command("restore", made.name)
    with pytest.raises(CommandError, match="There is no backup in"):
        call_command("restore", "2020-01-01T00-00-00Z")


def fingerprints() -> dict[str, list[Any]]:
    with tools.connect(connection.settings_dict) as other:
        return tables.fingerprints(other)


def test_a_single_letter_in_a_single_row_is_a_difference(tenant: Tenant) -> None:
    before = fingerprints()
    assert tables.differences(before, fingerprints()) == []
    Tenant.objects.update(office="Ämt")
    changed = tables.differences(before, fingerprints())
    assert changed == ["accounts_tenant has other contents in its 1 rows."]
    Tenant.objects.create(slug="zh", name="Canton de Zurich", office="Amt")
    more = tables.differences(before, fingerprints())
    assert more == ["accounts_tenant has 2 instead of 1."]
    del before["core_jobrun"]
    before["core_gone"] = [0, "0/0"]
    told = tables.differences(before, fingerprints())
    assert told == [
        "accounts_tenant has 2 instead of 1.",
        "core_gone is missing.",
        "core_jobrun is too many.",
    ]


def test_a_file_that_was_damaged_in_the_backup_is_not_restored(
    settings: Any, tmp_path: Path
) -> None:
    save("uploads/a", b"one")
    made = at(NOON)
    (sealed,) = sealed_files()
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")
    for name in made.manifest.files:
        default_storage.delete(name)
    with pytest.raises(Refused, match="A private file cannot be restored"):
        restore.files(made)


def test_who_was_erased_after_the_backup_is_erased_anew(town: Town) -> None:  # noqa: F811
    """As if the first backup had been restored: the person is back, the list is not."""
    row = town.assigned(town.slots()[0], "Zebedäus")
    facts = Person.objects.filter(pk=row.person_id).values().get()
    person, reference = row.person_id, row.reference
    first = at(now())
    with time_machine.travel(now() + LATER):
        run(town.tenant)
    at(now() + LATER)
    Person.objects.create(**facts)
    Appointment.objects.filter(pk=row.pk).update(
        person=person, holder=person, comment="Zebedäus", reference=reference
    )
    Erasure.objects.all().delete()
    assert restore.erase_anew(first) >= 2
    assert not Person.objects.filter(pk=person).exists()
    assert Appointment.objects.get(pk=row.pk).comment == ""
    assert restore.erase_anew(first) == 0
    assert restore.erase_anew(backup.named("latest")) == 0


def test_a_file_that_a_row_names_and_nobody_has_is_told(tenant: Tenant) -> None:
    for path in ("uploads/there", "uploads/gone"):
        save(path, b"one")
        StoredFile.objects.create(
            tenant=tenant,
            path=path,
            size=3,
            owner_id=tenant.pk,
            created_by_id=tenant.pk,
        )
    default_storage.delete("uploads/gone")
    assert restore.lost_files(at(NOON)) == ["uploads/gone"]
