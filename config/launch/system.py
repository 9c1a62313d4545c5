"""What the machine itself must have: Chromium, for the browser tests."""

import os
import shutil
import subprocess

from config.launch.house import House, fingerprint, read_json, say, step, write_json

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def chromium(house: House) -> str | None:
    """The browser's program; installed as root on Debian; None (and said) without one."""
    found = browser()
    if found is None and _debian(house, ["chromium"]):
        found = browser()
    if found is None:
        say("Chromium is missing: the browser tests are left out. Install chromium.")
    return found


def browser() -> str | None:
    """CHROMIUM if given, else the first Chromium on the machine."""
    names = [os.environ.get("CHROMIUM", ""), *BROWSERS]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def _debian(house: House, packages: list[str]) -> bool:
    """apt-get as root; tried once only, so that later starts stay quick."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    memory = house.var / "system.json"
    tried = read_json(memory)
    mark = fingerprint([], *packages)
    if tried.get(mark):
        return False
    write_json(memory, {**tried, mark: packages})
    with step(f"{' '.join(packages)} asked of apt-get"):
        return _apt("install", *packages) or (
            _apt("update") and _apt("install", *packages)
        )


def _apt(action: str, *packages: str) -> bool:
    command = ["apt-get", "-q", "-y", action]
    if packages:
        command += ["--no-install-recommends", *packages]
    ended = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return ended.returncode == 0
