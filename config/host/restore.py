"""A backup into an empty house: empty database, empty files, the keys that were apart."""

import json
import subprocess
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection as own

from accounts import secrets
from accounts.models import TotpDevice
from config.host import pool, sealing, tables, tools
from config.host.backup import DATABASE, Backup, Refused, named
from core.documents.models import Document, DocumentState
from core.privacy import retention
from core.uploads.models import StoredFile


def refuse_what_cannot_be(backup: Backup) -> None:
    """Says before anything is written why it would not do. Raises Refused.

    Nothing is ever overwritten: the database of the settings has no table yet, FILES_ROOT
    no file. SEED_KEYS holds the key of the second factors, or nobody could sign in.
    """
    with tools.connect(own.settings_dict) as connection:
        if tables.names(connection):
            raise Refused(
                f"The database {own.settings_dict['NAME']} is not empty: a backup is"
                " restored into an empty one only."
            )
    root = Path(default_storage.path(""))
    if any(path.is_file() for path in root.rglob("*")):
        raise Refused(f"{root} is not empty: files are restored into an empty folder.")
    there = {sealing.name_of(key) for key in settings.SEED_KEYS}
    missing = [name for name in backup.manifest.keys["SEED_KEYS"] if name not in there]
    if missing:
        raise Refused(
            f"SEED_KEYS lacks the key {missing[0]}: no second factor would open."
            " Take it from where the keys are kept."
        )


def database(backup: Backup) -> None:
    """The tables, in one transaction. Raises Refused, tools.Missing."""
    with tools.connect(own.settings_dict) as connection:
        version = tools.server_version(connection)
    command = [
        str(tools.program("pg_restore", max(version, backup.manifest.server))),
        *("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
        f"--dbname={own.settings_dict['NAME']}",
    ]
    with (
        (backup.folder / DATABASE).open("rb") as sealed,
        subprocess.Popen(
            command,
            env=tools.surroundings(own.settings_dict),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101 (as asked for above)
        try:
            sealing.unseal(sealed, process.stdin, settings.BACKUP_KEYS)  # type: ignore[arg-type]
        except BrokenPipeError:
            pass  # it has said why
        except sealing.Broken as error:
            process.kill()
            raise Refused(f"{backup.folder / DATABASE}: {error}") from error
        _told, words = process.communicate()
    if process.returncode != 0:
        raise Refused(f"pg_restore failed: {words.decode(errors='replace').strip()}")


def files(backup: Backup) -> None:
    """The private files, each compared with its hash. Raises Refused."""
    (key_name,) = backup.manifest.keys["BACKUP_KEYS"]
    try:
        pool.restore_all(backup.manifest.files, key_name)
    except (sealing.Broken, FileNotFoundError) as error:
        raise Refused(f"A private file cannot be restored. {error}") from error


def erase_anew(backup: Backup) -> int:
    """Erases what was erased after the backup was made; gives how many records.

    By the list of the newest backup there is: it names what the restored database does
    not know of yet. Raises Refused.
    """
    newest = named("latest")
    row = newest.manifest.files.get(retention.LIST)
    if newest.name == backup.name or row is None:
        return 0
    (key_name,) = newest.manifest.keys["BACKUP_KEYS"]
    try:
        listed = pool.content(row[2], key_name).decode().splitlines()
    except (sealing.Broken, FileNotFoundError) as error:
        raise Refused(f"The list of erasures cannot be read. {error}") from error
    known = {_erased(line) for line in retention.lines()}
    unknown = [line for line in listed if _erased(line) not in known]
    return sum(retention.apply_list(unknown).values())


def _erased(line: str) -> tuple[str, str]:
    """Kind and id of a line; the day may be another."""
    row = json.loads(line)
    return row["kind"], row["id"]


def lost_files(backup: Backup) -> list[str]:
    """Files that rows name and that are not there: deleted while the backup was made, or before."""
    named_by_rows = [
        *StoredFile.objects.values_list("path", flat=True),
        *Document.objects.filter(state=DocumentState.READY).values_list(
            "path", flat=True
        ),
    ]
    return sorted(set(named_by_rows) - set(backup.manifest.files))


def faults(backup: Backup) -> list[str]:
    """One sentence for everything that is not as it was; empty when all is."""
    with tools.connect(own.settings_dict) as connection:
        found = tables.differences(
            backup.manifest.tables, tables.fingerprints(connection)
        )
    closed = [
        device.pk
        for device in TotpDevice.objects.all()
        if secrets.unseal(device.sealed_seed) is None
    ]
    if closed:
        found.append(f"{len(closed)} second factors open with none of SEED_KEYS.")
    return found
