"""The software bill of materials: what a release is made of, as CycloneDX 1.6 (ECMA-424).

Written from what is pinned: requirements.lock with its hashes, and the files under
static/vendor by the table beside them. The same pins give the same file. Not in it: images
of the compose file, packages of the system, licences.
"""

import hashlib
import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.launch.environment import LOCK

NAME = "sbom.cdx.json"
VENDORED = "static/vendor"
HOUSE = "-r requirements.in"  # who asks for what the lock names, in the lock's words
# name==version, what must be true of a machine for it to be installed
PIN = re.compile(r"^([a-z0-9.-]+)==([^ ;]+)(?: ; (.+?))? \\$")
# `file` | what | version | licence | npm `package`
FILE = re.compile(r"^\| `(.+?)` \|[^|]*\| (\S+) \|[^|]*\| npm `(.+?)`", re.MULTILINE)


@dataclass
class Part:
    """One component, and the names of those that asked for it."""

    kind: str
    name: str
    version: str
    hashes: list[str] = field(default_factory=list)
    asked_by: list[str] = field(default_factory=list)
    optional: bool = False

    @property
    def ref(self) -> str:
        """The package's address (purl): it names the kind of registry, not its host."""
        return f"pkg:{self.kind}/{self.name}@{self.version}"


def write(root: Path, target: Path) -> int:
    """Writes the bill; gives the number of components. Raises OSError."""
    bill = _bill(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    return len(bill["components"])


def _bill(root: Path) -> dict[str, Any]:
    pinned = _pinned((root / LOCK).read_text(encoding="utf-8"))
    parts = [*pinned, *_vendored(root / VENDORED)]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    house = Part("generic", project["name"], project["version"])
    told = [_component(part) for part in parts]
    asking = {HOUSE: house.ref, **{part.name: part.ref for part in parts}}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(told)).urn,
        "version": 1,
        "metadata": {"component": {**_component(house), "type": "application"}},
        "components": told,
        "dependencies": [
            {
                "ref": ref,
                "dependsOn": [one.ref for one in parts if name in one.asked_by],
            }
            for name, ref in asking.items()
        ],
    }


def _component(part: Part) -> dict[str, Any]:
    """As the standard names its properties; a pin has the hashes of all its files."""
    return {
        "type": "library",
        "bom-ref": part.ref,
        "name": part.name,
        "version": part.version,
        "purl": part.ref,
        "scope": "optional" if part.optional else "required",
        "hashes": [{"alg": "SHA-256", "content": one} for one in part.hashes],
    }


def _pinned(lock: str) -> Iterator[Part]:
    """Each pin of the lock. Who asked for it stands in the comment behind it."""
    part: Part | None = None
    for line in lock.splitlines():
        if found := PIN.match(line):
            if part:
                yield part
            part = Part("pypi", found[1], found[2], optional=bool(found[3]))
        elif part and "--hash=sha256:" in line:
            part.hashes.append(line.partition("sha256:")[2].rstrip(" \\"))
        elif part and (name := line.strip().removeprefix("# via").strip("# ")):
            part.asked_by.append(name)
    if part:
        yield part


def _vendored(folder: Path) -> Iterator[Part]:
    """Each file of the table in README.md, with the hash of what is there."""
    for name, version, package in FILE.findall(
        (folder / "README.md").read_text("utf-8")
    ):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        yield Part("npm", package, version, [digest], asked_by=[HOUSE])
