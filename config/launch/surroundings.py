"""The environment variables that Perron's own processes are started with."""

import ipaddress
import os
import socket

from config.launch import keys
from config.launch.engines import Engines
from config.launch.house import House, Stop

SETTINGS = {"demo": "config.settings.dev", "test": "config.settings.test"}


def variables(house: House, engines: Engines, **more: str) -> dict[str, str]:
    """This process' environment, the engines, the secrets and the folders of `house`.

    What the person set himself is kept, except what keeps demonstration and tests apart.
    """
    secrets = keys.of(house)
    defaults = {
        "SECRET_KEY": secrets["SECRET_KEY"],
        "SEED_KEYS": secrets["SEED_KEYS"],
        "BACKUP_KEYS": secrets["BACKUP_KEYS"],
        "BACKUP_ROOT": str(house.path("backups")),
        "STATIC_ROOT": str(house.path("static")),
        "FILES_ROOT": str(house.path("files")),
        "PYTHONUNBUFFERED": "1",
    }
    return {
        **defaults,
        **os.environ,
        **engines.environment(),
        "DJANGO_SETTINGS_MODULE": SETTINGS[house.purpose],
        "VIRTUAL_ENV": str(house.var / "venv"),
        "PATH": os.pathsep.join([str(house.python.parent), os.environ.get("PATH", "")]),
        **more,
    }


def bind(port: int | None) -> str:
    """BIND for the demonstration: a loopback address, and `port` if one is given.

    Raises `Stop` for an address that others can reach: people sign in with one click.
    """
    host, _, number = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")
    if not _loopback(host):
        raise Stop(
            f"The demonstration listens on this machine only; BIND={host}:{number} is not"
            " a loopback address. Real use is described in docs/operations.md."
        )
    if port is None and not number.isdigit():
        raise Stop(f"BIND={host}:{number} has no port; write 127.0.0.1:8000.")
    return f"{host}:{port or number}"


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def ensure_free(address: str) -> None:
    """Raises `Stop` when another program listens there already."""
    host, _, port = address.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host.strip("[]"), int(port)))
        except PermissionError as error:
            raise Stop(
                f"Port {port} is reserved to the system: choose one from 1024 up with --port."
            ) from error
        except OverflowError as error:
            raise Stop(f"{port} is no port; choose one from 1024 to 65535.") from error
        except OSError as error:
            raise Stop(
                f"Port {port} is taken by another program: python3 run.py --port {int(port) + 1}"
            ) from error
