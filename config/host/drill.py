"""The restore drill: a backup becomes a house again, and somebody works in it.

Nothing of the house that runs is touched: an engine of its own in a folder of its own,
files beside it, a web server on a free port, all gone afterwards.
"""

import contextlib
import hashlib
import os
import secrets as random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import connections
from django.urls import reverse
from django_otp.oath import hotp

from accounts import secrets
from accounts.models import Membership, TermsAcceptance, User
from booking.access import COMMUNE
from booking.models import Booking
from config.engines import binaries
from config.engines.postgres import Postgres
from config.host.backup import Backup, Refused
from config.host.visitor import NotSeen, Visitor
from core.dates import now
from core.uploads.models import ScanState, StoredFile

COPY = "drill"
OPENING_SECONDS = 60
Say = Callable[[str], object]


@dataclass(frozen=True)
class House:
    """The restored house: its processes' environment, and where its web listens."""

    environ: dict[str, str]
    folder: Path
    port: int


@dataclass(frozen=True)
class Visit:
    """Who signs in, with which password, and what is fetched."""

    person: User
    password: str
    code: str
    host: str
    path: str
    file: StoredFile


@contextlib.contextmanager
def empty_house() -> Iterator[House]:
    """An empty engine and an empty folder; raises Refused where no engine can be had."""
    programs = binaries.postgres(Path(sys.prefix))
    if programs is None:
        raise Refused(
            "No PostgreSQL server is on this machine for the drill: restore by hand on"
            " another one (docs/operations.md)."
        )
    with tempfile.TemporaryDirectory(prefix="perron-drill-") as name:
        folder = Path(name)
        engine = Postgres(
            folder / "postgres", programs, random.token_urlsafe(24), durable=False
        )
        try:
            engine.start()
            yield House(_surroundings(engine.url, folder), folder, _free_port())
        finally:
            engine.stop()


def _surroundings(database_url: str, folder: Path) -> dict[str, str]:
    """As of this process, save that nothing leads back to the house that runs."""
    gone = {"DATABASE_PASSWORD", "DATABASE_PASSWORD_FILE", "DEMO"}
    return {
        **{name: value for name, value in os.environ.items() if name not in gone},
        "DATABASE_URL": database_url,
        "FILES_ROOT": str(folder / "files"),
        "BACKUP_ROOT": str(settings.BACKUP_ROOT),
        # No wake-up of the copy reaches a worker of the original.
        "REDIS_URL": f"unix://{folder}/nobody.sock",
        "WEB_CONCURRENCY": "1",
        "LOG_FORMAT": "json",
    }


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def restore(house: House, backup: Backup, say: Say) -> None:
    """The very command that a restoration takes; raises Refused with its words."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "restore", backup.name],
        cwd=settings.BASE_DIR,
        env=house.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    for line in ended.stdout.splitlines():
        say(line)
    if ended.returncode != 0:
        raise Refused(ended.stderr.strip().removeprefix("CommandError: "))


@contextlib.contextmanager
def web(house: House) -> Iterator[None]:
    """Its web server while the block runs. Raises Refused when it does not open."""
    log = house.folder / "web.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "config/gunicorn.py",
                "config.wsgi",
            ],
            cwd=settings.BASE_DIR,
            env={**house.environ, "BIND": f"127.0.0.1:{house.port}"},
            stdout=file,
            stderr=file,
        )
    try:
        _await(process, Visitor(house.port, "localhost"), log)
        yield
    finally:
        process.terminate()
        process.wait(40)


def _await(process: "subprocess.Popen[bytes]", visitor: Visitor, log: Path) -> None:
    deadline = time.monotonic() + OPENING_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError, NotSeen):
            visitor.fetch("/ready")
            return
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Refused(
        f"The restored house does not open: {(said or ['it said nothing'])[-1]}"
    )


@contextlib.contextmanager
def _copy_of_the_database(house: House) -> Iterator[None]:
    """Lets Django reach the restored database under the name `COPY`."""
    address: dict[str, Any] = dict(dj_database_url.parse(house.environ["DATABASE_URL"]))
    connections.databases[COPY] = {**settings.DATABASES["default"], **address}
    try:
        yield
    finally:
        connections[COPY].close()
        del connections[COPY]
        del connections.databases[COPY]


def prepare_visit(house: House) -> Visit:
    """Somebody who may open an uploaded file. Raises Refused when there is nobody.

    In the copy the person gets a password that only the drill knows; the second factor
    is the real one: its seed opens with SEED_KEYS or the drill fails.
    """
    with _copy_of_the_database(house):
        files = [ScanState.UNSCANNED, ScanState.CLEAN]
        rows = Booking.objects.using(COPY).filter(form_file__scan__in=files)
        for booking in rows.select_related("form_file").order_by("-created_at")[:50]:
            membership = _who_may_open(booking)
            if membership is not None:
                return _visit(membership, booking)
    raise Refused(
        "The download cannot be shown: no booking has an uploaded form that somebody"
        " with a second factor may open."
    )


def _who_may_open(booking: Booking) -> Membership | None:
    rows = Membership.objects.using(COPY).usable()
    of_commune = rows.filter(organisation=booking.commune_id, role=COMMUNE)
    people = of_commune.filter(user__totp__isnull=False)
    return people.select_related("user__totp", "tenant").order_by("pk").first()


def _visit(membership: Membership, booking: Booking) -> Visit:
    person, password = membership.user, random.token_urlsafe(24)
    person.set_password(password)
    person.save(using=COPY, update_fields=["password"])
    # Whoever signed in a moment ago has used the code of this half minute.
    person.totp.last_step = -1
    person.totp.save(using=COPY, update_fields=["last_step"])
    _accept_terms(membership)
    seed = secrets.unseal(person.totp.sealed_seed)
    host = membership.tenant.hosts.order_by("pk").first()
    if seed is None or host is None or booking.form_file is None:
        raise Refused(
            "The second factor does not open, or the tenant has no host name."
        )
    return Visit(
        person=person,
        password=password,
        code=f"{hotp(seed, int(now().timestamp()) // 30):06d}",
        host=host.host,
        path=reverse("booking:form", args=[booking.pk]),
        file=booking.form_file,
    )


def _accept_terms(membership: Membership) -> None:
    """Terms that came into force since the person was last here are no matter of the drill."""
    terms = membership.tenant.terms_id
    if terms is not None:
        TermsAcceptance.objects.using(COPY).get_or_create(
            tenant_id=membership.tenant_id,
            user_id=membership.user_id,
            terms_id=terms,
            defaults={"accepted_at": now()},
        )


def pay(visit: Visit, house: House, say: Say) -> None:
    """Signs in and downloads over HTTP. Raises Refused."""
    visitor = Visitor(house.port, visit.host)
    try:
        visitor.sign_in(visit.person.username, visit.password, visit.code)
        visitor.fetch(reverse("accounts:account"))
        say(f"signed in at {visit.host} with password and second factor")
        body = visitor.fetch(visit.path)
    except NotSeen as error:
        raise Refused(f"The restored house does not work. {error}") from error
    if hashlib.sha256(body).hexdigest() != visit.file.sha256:
        raise Refused("The file downloaded is not the one that was uploaded.")
    say(f"a document of {len(body)} bytes downloaded; its hash is that of the upload")
