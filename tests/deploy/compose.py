"""Reads docker-compose.yml as Compose does, and finds what in it leads nowhere."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from config import health

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
# What the images bring along, for health checks and commands.
PROGRAMS = {
    "caddy": {"caddy", "wget"},
    "postgres": {"postgres", "pg_isready"},
    "valkey/valkey": {"valkey-server", "valkey-cli"},
    "perron": {"python", "gunicorn", "celery"},
}
# What other programs than ours read from the environment.
FOREIGN = re.compile(r"POSTGRES_|PERRON_|HTTPS?_PORT$")


def read() -> dict[str, Any]:
    """The file, with its anchors and merges resolved."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def example() -> dict[str, str]:
    """deploy/example.env."""
    lines = (ROOT / "deploy" / "example.env").read_text("utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _is, value in pairs}


def variables_of_settings() -> set[str]:
    """Every variable that the settings and gunicorn's file read."""
    found = set()
    files = [*(ROOT / "config" / "settings").glob("*.py"), ROOT / "config/gunicorn.py"]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _reads(node):
                found.add(node.args[0].value)  # type: ignore[attr-defined]
    return found


def _reads(call: ast.Call) -> bool:
    """`env.text("NAME")` or `os.environ.get("NAME")`."""
    if not isinstance(call.func, ast.Attribute) or not call.args:
        return False
    first = call.args[0]
    named = isinstance(first, ast.Constant) and isinstance(first.value, str)
    owner = ast.unparse(call.func.value)
    return named and owner in {"env", "os.environ"}


def faults(compose: dict[str, Any]) -> list[str]:
    """One sentence for everything that does not exist or is not as it must be."""
    found = [*_unused(compose)]
    for name, service in compose["services"].items():
        own = [
            *_references(service, compose),
            *_image(service),
            *_environment(service, compose),
            *_commands(service),
            *_hardening(service),
        ]
        found += [f"{name}: {fault}" for fault in own]
    return found


def _names(entries: Any) -> list[str]:
    return list(entries or [])


def _references(service: dict[str, Any], compose: dict[str, Any]) -> Iterator[str]:
    for kind in ("networks", "secrets"):
        for name in _names(service.get(kind)):
            if name not in compose[kind]:
                yield f"{kind} {name} is not defined"
    for mount in _names(service.get("volumes")):
        source = mount.partition(":")[0]
        if source.startswith(".") and not (ROOT / source).is_file():
            yield f"{source} does not exist"
        elif not source.startswith(".") and source not in compose["volumes"]:
            yield f"volume {source} is not defined"
    for name, wish in (service.get("depends_on") or {}).items():
        yield from _dependency(name, wish["condition"], compose["services"])


def _dependency(name: str, wish: str, services: dict[str, Any]) -> Iterator[str]:
    other = services.get(name)
    if other is None:
        yield f"depends on {name}, which does not exist"
    elif wish == "service_healthy" and "test" not in (other["healthcheck"] or {}):
        yield f"waits for the health of {name}, which has no check"
    elif other.get("profiles"):
        yield f"depends on {name}, which is in a profile"


def _unused(compose: dict[str, Any]) -> Iterator[str]:
    services = compose["services"].values()
    for kind in ("networks", "volumes", "secrets"):
        used = {
            entry.partition(":")[0]
            for service in services
            for entry in _names(service.get(kind))
        }
        for name in compose[kind]:
            if name not in used:
                yield f"{kind} {name} is used by nobody"


def _image(service: dict[str, Any]) -> Iterator[str]:
    name, _colon, version = service["image"].partition(":")
    own = name == "perron"
    if own and not (ROOT / service["build"] / "Dockerfile").is_file():
        yield "its Dockerfile does not exist"
    if name not in PROGRAMS:
        yield f"image {name} is not one of ours"
    if not own and not re.match(r"\d+\.\d+(\.\d+)?(-|$)", version):
        yield f"image {name} is not pinned to a version"


def _environment(service: dict[str, Any], compose: dict[str, Any]) -> Iterator[str]:
    known = variables_of_settings()
    for name, value in (service.get("environment") or {}).items():
        plain = name.removesuffix("_FILE")
        if plain not in known and not FOREIGN.match(name):
            yield f"nothing reads {name}"
        if name.endswith("_FILE"):
            secret = str(value).removeprefix("/run/secrets/")
            if secret not in _names(service.get("secrets")):
                yield f"{name} names the secret {secret}, which it does not get"


def _commands(service: dict[str, Any]) -> Iterator[str]:
    image = service["image"].partition(":")[0]
    test = (service.get("healthcheck") or {}).get("test", ["CMD"])
    for words in (service.get("command") or [], test[1:]):
        if not words:
            continue
        if words[0] not in PROGRAMS.get(image, set()):
            yield f"{words[0]} is not in the image {image}"
        elif words[0] == "python":
            yield from _python(words[1:])
        elif "config.celery" in words or "config.wsgi" in words:
            for word in words:
                if word.startswith("config.") and not importlib.util.find_spec(word):
                    yield f"{word} does not exist"


def _python(words: list[str]) -> Iterator[str]:
    if words[0] == "-m":
        if not importlib.util.find_spec(words[1]):
            yield f"module {words[1]} does not exist"
        elif words[1] == "config.health" and words[2] not in health.CHECKS:
            yield f"there is no check of health {words[2]}"
    elif words[0] == "manage.py":
        own = ROOT / "config" / "management" / "commands" / f"{words[1]}.py"
        if not own.is_file():
            yield f"command {words[1]} does not exist"
    else:
        yield f"python {words[0]} is not known"


def _hardening(service: dict[str, Any]) -> Iterator[str]:
    if service.get("read_only") is not True:
        yield "its file system can be written to"
    if service.get("cap_drop") != ["ALL"]:
        yield "it keeps rights of root"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "it may gain rights"
    if not service.get("healthcheck"):
        yield "it has no check of health"
    if service.get("ports") and service["image"].partition(":")[0] != "caddy":
        yield "it can be reached from outside, past the proxy"


def filled(value: Any, given: dict[str, str]) -> str:
    """A value with its ${VARIABLES} replaced, as Compose does; KeyError when one is missing."""

    def one(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        if given.get(name):
            return given[name]
        if kind == "-":
            return str(default)
        raise KeyError(name)

    return VARIABLE.sub(one, str(value))


def asked_for() -> dict[str, bool]:
    """Every ${VARIABLE} of the file, and whether it must be given."""
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    return {match[1]: match[2] == "?" for match in VARIABLE.finditer(text)}
