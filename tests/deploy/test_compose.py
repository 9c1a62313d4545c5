"""Dockerfile, compose file and proxy: checked as far as that goes without a container engine."""

import base64
import contextlib
import copy
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

from config import health
from config.engines import binaries
from tests.core.test_headers import HEADERS
from tests.deploy import compose
from tests.deploy.compose import ROOT, asked_for, example, filled
from tests.journeys.house import free_port, until

PROGRAMS = Path(sys.executable).parent


def run(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, check=False, **more
    )


@pytest.mark.slow
def test_the_compose_file_is_as_the_specification_says() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    checker = str(PROGRAMS / "check-jsonschema")
    ended = run(checker, *schema, "docker-compose.yml")
    assert ended.returncode == 0, ended.stdout


@pytest.mark.slow
def test_the_schema_is_really_asked(tmp_path: Path) -> None:
    wrong = (ROOT / "docker-compose.yml").read_text("utf-8")
    (tmp_path / "wrong.yml").write_text(wrong.replace("read_only:", "readonly:"))
    schema = ("--builtin-schema", "vendor.compose-spec")
    checker = str(PROGRAMS / "check-jsonschema")
    assert run(checker, *schema, str(tmp_path / "wrong.yml")).returncode != 0


def test_the_dockerfile_has_no_fault() -> None:
    ended = run(
        str(PROGRAMS / "hadolint"), "--failure-threshold", "style", "Dockerfile"
    )
    assert (ended.returncode, ended.stdout) == (0, "")


def test_everything_the_compose_file_names_exists() -> None:
    assert compose.faults(compose.read()) == []


def service(name: str, **changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        found["services"][name].update(changes)

    return change


MISTAKES: dict[str, Callable[[dict[str, Any]], None]] = {
    "web: networks elsewhere is not defined": service("web", networks=["elsewhere"]),
    "web: volume file is not defined": service("web", volumes=["file:/x"]),
    "proxy: ./deploy/Caddy does not exist": service(
        "proxy", volumes=["./deploy/Caddy:/etc/caddy/Caddyfile"]
    ),
    "web: secrets key is not defined": service("web", secrets=["key"]),
    "web: depends on db, which does not exist": service(
        "web", depends_on={"db": {"condition": "service_started"}}
    ),
    "web: waits for the health of migrate, which has no check": service(
        "web", depends_on={"migrate": {"condition": "service_healthy"}}
    ),
    "web: depends on mail, which is in a profile": service(
        "web", depends_on={"mail": {"condition": "service_started"}}
    ),
    "database: image postgres is not pinned to a version": service(
        "database", image="postgres:latest"
    ),
    "web: nothing reads DATABASE": service("web", environment={"DATABASE": "x"}),
    "beat: SECRET_KEY_FILE names the secret secret_key, which it does not get": service(
        "beat", environment={"SECRET_KEY_FILE": "/run/secrets/secret_key"}, secrets=[]
    ),
    "web: uvicorn is not in the image perron": service("web", command=["uvicorn"]),
    "migrate: command migrat does not exist": service(
        "migrate", command=["python", "manage.py", "migrat"]
    ),
    "mail: module config.mail does not exist": service(
        "mail", command=["python", "-m", "config.mail"]
    ),
    "web: there is no check of health www": service(
        "web", healthcheck={"test": ["CMD", "python", "-m", "config.health", "www"]}
    ),
    "web: its file system can be written to": service("web", read_only=False),
    "web: it keeps rights of root": service("web", cap_drop=[]),
    "web: it may gain rights": service("web", security_opt=[]),
    "web: it has no check of health": service("web", healthcheck=None),
    "database: it can be reached from outside, past the proxy": service(
        "database", ports=["5432:5432"]
    ),
    "volumes backups is used by nobody": service("backup", volumes=[]),
}


@pytest.mark.parametrize("fault", MISTAKES)
def test_a_mistake_in_the_compose_file_is_found(fault: str) -> None:
    found = copy.deepcopy(compose.read())
    MISTAKES[fault](found)
    assert fault in compose.faults(found)


def test_every_variable_is_given_or_has_a_default() -> None:
    needed = {name for name, must in asked_for().items() if must}
    assert needed <= set(example())
    assert set(example()) <= set(asked_for())


def test_the_engines_are_those_that_are_tried_here() -> None:
    """The backup's programs in the image are at least as new as the server (tools.program)."""
    image = compose.read()["services"]["database"]["image"]
    programs = binaries.postgres(Path(sys.prefix))
    if programs is None:
        pytest.skip("no ready-made PostgreSQL on this machine")
    assert binaries.version(programs / "pg_dump") >= int(re.findall(r"\d+", image)[0])


def make_secrets(folder: Path) -> str:
    ended = run(sys.executable, "deploy/draw_secrets.py", str(folder))
    assert ended.returncode == 0
    return ended.stdout


def test_secrets_are_drawn_once_and_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(folder)
    drawn = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(drawn) == set(compose.read()["secrets"])
    assert len(set(drawn.values())) == len(drawn)
    assert folder.stat().st_mode & 0o077 == 0
    assert make_secrets(folder).count("left as it is") == len(drawn)
    assert {path.name: path.read_text() for path in folder.iterdir()} == drawn


def test_compose_takes_its_secrets_from_where_they_are_drawn() -> None:
    for name, place in compose.read()["secrets"].items():
        assert place["file"] == f"./secrets/{name}"
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {"secrets/", ".env"} <= set(ignored)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["web", "worker", "beat", "migrate", "backup"])
def test_the_settings_start_with_what_compose_gives(name: str, tmp_path: Path) -> None:
    make_secrets(tmp_path)
    given = compose.read()["services"][name]["environment"]
    environ = {
        key: filled(value, example()).replace("/run/secrets", str(tmp_path))
        for key, value in given.items()
    }
    image = {
        key: value
        for key, value in dockerfile_environment().items()
        if not key.endswith(("PATH", "_ROOT"))
    }
    command = ["check", "--deploy", "--fail-level", "WARNING"]
    ended = run(
        sys.executable,
        "manage.py",
        *command,
        env={"PATH": os.environ["PATH"], **image, **environ},
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def dockerfile_environment() -> dict[str, str]:
    """What the image sets for the processes in it."""
    last = dockerfile().rpartition("FROM ")[2]
    words = " ".join(re.findall(r"^ENV (.+)$", last, re.MULTILINE)).split()
    return dict(word.split("=", 1) for word in words)


def test_the_image_runs_as_nobody_and_has_every_app() -> None:
    text = dockerfile()
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert re.findall(r'config\.health", "(\w+)"', text) == ["web"]
    assert len(set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))) == 1
    known = compose.variables_of_settings() | {"PATH", "DJANGO_SETTINGS_MODULE"}
    own = {k for k in dockerfile_environment() if not k.startswith("PYTHON")}
    assert own <= known
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert kept[1] == "*"
    packages = {
        name
        for name in settings.INSTALLED_APPS
        if (ROOT / name / "__init__.py").exists()
    }
    needed = {"templates", "static", "locale", "manage.py", "requirements.lock"}
    for name in packages | needed | {"deploy/build.sh"}:
        assert f"!{name}" in kept, name
        assert (ROOT / name).exists(), name
    for name in (".git", "tests", "secrets", ".env", ".var"):
        assert f"!{name}" not in kept


@pytest.mark.slow
def test_the_build_makes_what_the_image_holds(tmp_path: Path) -> None:
    """As the builder does it, on a copy: nothing but what .dockerignore lets through."""
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for name in [line[1:] for line in kept if line.startswith("!")]:
        source, target = ROOT / name, tmp_path / "app" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        ignore = shutil.ignore_patterns("__pycache__", "*.pyc", "*.mo")
        copy_of = shutil.copytree if source.is_dir() else shutil.copy
        copy_of(source, target, **({"ignore": ignore} if source.is_dir() else {}))
    path = f"{PROGRAMS}:{os.environ['PATH']}"
    ended = subprocess.run(
        ["sh", "deploy/build.sh"],
        cwd=tmp_path / "app",
        env={"PATH": path, "STATIC_ROOT": str(tmp_path / "collected")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    collected = json.loads((tmp_path / "collected" / "staticfiles.json").read_text())
    assert "css/parts.css" in collected["paths"]
    for language in ("fr", "de"):
        assert (tmp_path / f"app/locale/{language}/LC_MESSAGES/django.mo").exists()


def test_health_knows_what_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("BACKUP_ROOT", str(tmp_path / "backups"))
    monkeypatch.setenv("BACKUP_EVERY", "60")
    monkeypatch.setenv("BIND", f"127.0.0.1:{free_port()}")
    for name in ("web", "worker", "beat", "backup"):
        assert health.main([name]) == 1, name
    signs = {
        "worker": tmp_path / health.WORKER_SIGN,
        "beat": tmp_path / "beat-schedule.db",
        "backup": tmp_path / "backups" / "2026-11-21T12-00-00Z",
    }
    for name, sign in signs.items():
        sign.parent.mkdir(exist_ok=True)
        sign.touch()
        assert health.main([name]) == 0, name
        old = time.time() - 3600
        os.utime(sign, (old, old))
        assert health.main([name]) == 1, name
    assert health.main(["nobody"]) == 2
    assert health.main([]) == 2
    assert "Write one of: web, worker, beat, backup, mail." in capsys.readouterr().err


# The proxy ---------------------------------------------------------------------------------
CADDY = shutil.which("caddy")


class Web(BaseHTTPRequestHandler):
    """What stands behind the proxy: says what it was asked, sets one header itself."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=60")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@contextlib.contextmanager
def web() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def proxy(folder: Path, web_port: int) -> Iterator[int]:
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "PERRON_HOSTS": "localhost",
        "PERRON_TLS": "internal",
        "PERRON_WEB": "localhost",
        "PERRON_WEB_PORT": str(web_port),
        "PERRON_ERRORS": str(ROOT / "deploy"),
        "HTTP_PORT": str(free_port()),
        "HTTPS_PORT": str(port),
    }
    config = ("--adapter", "caddyfile", "--config", "deploy/Caddyfile")
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(
            [str(CADDY), "run", *config], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    try:
        until(lambda: ask(port, "/")[0], "the proxy answers")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def ask(port: int, path: str, **headers: str) -> tuple[int, Any, str]:
    """Status, headers and text; 0 while nobody answers."""
    trusting = ssl._create_unverified_context()
    request = urllib.request.Request(f"https://localhost:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20, context=trusting) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()
    except OSError:
        return 0, {}, ""


def test_the_proxys_headers_are_those_of_the_house() -> None:
    """Read from the file, for machines without Caddy."""
    text = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    for name, value in HEADERS.items():
        assert re.search(
            rf'^\theader \?{name} "?{re.escape(value)}"?$', text, re.MULTILINE
        )
    assert text.count("import headers") == 2  # of answers, of errors
    page = (ROOT / "deploy" / "error.html").read_text("utf-8")
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in text
    assert "max_size 12MB" in text
    assert settings.MAX_REQUEST_BYTES == 12 * 1024 * 1024


@pytest.mark.slow
@pytest.mark.skipif(CADDY is None, reason="Caddy is not on this machine")
def test_no_answer_of_the_proxy_lacks_a_header(tmp_path: Path) -> None:
    with web() as web_port, proxy(tmp_path, web_port) as port:
        status, headers, text = ask(port, "/", **{"X-Forwarded-For": "1.2.3.4"})
        assert status == 200
        assert {name: headers.get(name) for name in HEADERS} == HEADERS
        assert headers["Cache-Control"] == "max-age=60"
        assert "Caddy" not in str(headers.get("Server"))
        passed = {name.title(): value for name, value in json.loads(text).items()}
        assert passed["X-Forwarded-Proto"] == "https"
        assert "1.2.3.4" not in passed["X-Forwarded-For"]
        for path in ("/live", "/ready", "/metrics"):
            status, headers, text = ask(port, path)
            assert status == 404, path
            assert {name: headers.get(name) for name in HEADERS} == HEADERS
            assert "kann nicht angezeigt werden" in text
    with proxy(tmp_path, free_port()) as port:
        status, headers, text = ask(port, "/")
        assert status == 502
        assert {name: headers.get(name) for name in HEADERS} == HEADERS
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert "ne peut pas être affichée" in text
