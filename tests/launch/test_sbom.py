"""The software bill of materials says what the lock and the vendored files say (TRUST §7)."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from config.launch import sbom
from tests.launch.test_run import ROOT, pins, run

VENDORED = ROOT / "static" / "vendor"


@pytest.fixture
def bill(tmp_path: Path) -> dict[str, Any]:
    return written(ROOT, tmp_path / "bill")


def written(root: Path, target: Path) -> dict[str, Any]:
    sbom.write(root, target)
    found: dict[str, Any] = json.loads(target.read_text("utf-8"))
    return found


def parts(bill: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in bill["components"]}


def test_every_pin_of_the_lock_is_in_it_with_all_its_hashes(
    bill: dict[str, Any],
) -> None:
    python = {
        name: one["version"]
        for name, one in parts(bill).items()
        if one["purl"] == f"pkg:pypi/{name}@{one['version']}"
    }
    assert python == pins("requirements.lock")
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    told = [
        row["content"]
        for one in bill["components"]
        if one["purl"].startswith("pkg:pypi/")
        for row in one["hashes"]
    ]
    assert told == re.findall(r"sha256:([0-9a-f]{64})", lock)


def test_what_is_not_installed_everywhere_says_so(bill: dict[str, Any]) -> None:
    found = parts(bill)
    assert found["colorama"]["scope"] == "optional"
    assert found["django"]["scope"] == "required"


def test_every_vendored_script_is_in_it_as_it_lies_there(bill: dict[str, Any]) -> None:
    there = {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDORED.glob("*.js")
    }
    told = {
        row["content"]
        for one in bill["components"]
        if one["purl"].startswith("pkg:npm/")
        for row in one["hashes"]
    }
    assert there
    assert told == there


def test_it_says_who_needs_what(bill: dict[str, Any]) -> None:
    refs = {one["bom-ref"]: one["name"] for one in bill["components"]}
    assert len(refs) == len(bill["components"])
    house = bill["metadata"]["component"]["bom-ref"]
    needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    assert set(needs) == {house, *refs}
    wanted = re.findall(r"^([\w-]+)", (ROOT / "requirements.in").read_text(), re.M)
    direct = {refs[ref] for ref in needs[house]}
    assert direct == {name.lower() for name in wanted} | {"htmx.org"}
    assert {"kombu", "billiard"} <= {
        refs[ref] for ref in needs[parts(bill)["celery"]["bom-ref"]]
    }
    reached, new = set(), {house}
    while new:
        reached |= new
        new = {ref for one in new for ref in needs[one]} - reached
    assert reached == set(needs)


def test_the_same_pins_give_the_same_file_and_others_another(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(VENDORED, copy / "static" / "vendor")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, copy / name)
    first = written(ROOT, tmp_path / "first")
    assert written(copy, tmp_path / "second") == first
    lock = copy / "requirements.lock"
    lock.write_text(lock.read_text().replace("celery==", "celery==9."))
    other = written(copy, tmp_path / "third")
    assert other["serialNumber"] != first["serialNumber"]
    assert parts(other)["celery"]["version"].startswith("9.")


def test_one_command_writes_it_with_nothing_installed(tmp_path: Path) -> None:
    target = tmp_path / "release" / "perron.cdx.json"
    ended = run("sbom", str(target))
    assert (ended.returncode, ended.stdout) == (0, "")
    count = len(json.loads(target.read_text())["components"])
    assert ended.stderr == f"  {count} components in {target}\n"


def test_no_host_stands_in_it(bill: dict[str, Any]) -> None:
    assert "://" not in json.dumps(bill)
