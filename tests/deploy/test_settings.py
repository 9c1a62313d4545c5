"""Production's settings: `check --deploy` is silent, each mistake is one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.env import Environment
from tests.deploy.surroundings import PRODUCTION, production

ROOT = Path(__file__).resolve().parents[2]
NEEDED = sorted(
    set(PRODUCTION)
    - {"DJANGO_SETTINGS_MODULE", "METRICS_TOKEN", "TRUSTED_PROXIES", "BACKUP_KEYS"}
)
WRONG = {
    "SECRET_KEY": ("short", "SECRET_KEY is shorter than 32 characters."),
    "SECRET_KEY_FALLBACKS": ("a" * 60, "SECRET_KEY_FALLBACKS is not 50 random"),
    "SEED_KEYS": ("not a key", "SEED_KEYS: key 1 is not 32 bytes in base64"),
    "BACKUP_KEYS": ("bm8=", "BACKUP_KEYS: key 1 is not 32 bytes in base64"),
    "DATABASE_URL": ("mysql://x", "DATABASE_URL must begin with postgres"),
    "REDIS_URL": ("http://x", "REDIS_URL must begin with"),
    "EMAIL_URL": ("mail.example", "EMAIL_URL must begin with smtp"),
    "METRICS_TOKEN": ("guess", "METRICS_TOKEN is shorter than 32 characters."),
    "TRUSTED_PROXIES": ("one", "TRUSTED_PROXIES is “one”; write a whole number"),
    "DEMO": ("1", "DEMO=1"),
}


SHOW = """
from django.conf import settings
found = settings.DATABASES["default"]
print(found["PASSWORD"], found["OPTIONS"]["sslmode"], found["OPTIONS"]["options"])
"""


def check_deploy(**changes: str) -> subprocess.CompletedProcess[str]:
    command = ["check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *command],
        cwd=ROOT,
        env=production(**changes),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_deployment_check_has_nothing_to_say() -> None:
    ended = check_deploy()
    assert ended.stderr == ""
    assert ended.stdout.strip() == ("System check identified no issues (0 silenced).")
    assert ended.returncode == 0


@pytest.mark.slow
def test_everything_missing_is_told_at_once() -> None:
    ended = check_deploy(**dict.fromkeys(NEEDED, ""))
    assert ended.returncode != 0
    for name in NEEDED:
        assert f"  - {name} is not set." in ended.stderr
    assert "  - TRUSTED_PROXIES" not in ended.stderr


@pytest.mark.slow
def test_everything_wrong_is_told_in_a_sentence_each() -> None:
    ended = check_deploy(**{name: value for name, (value, _said) in WRONG.items()})
    assert ended.returncode != 0
    for _value, said in WRONG.values():
        assert f"- {said}" in ended.stderr


def test_a_secret_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("from a file, thirty-two characters\n")
    env = Environment({"A_FILE": str(file), "B": "said", "B_FILE": str(file)})
    assert env.secret("A") == "from a file, thirty-two characters"
    assert env.text("B") == "said"
    env.check()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    env = Environment({"A_FILE": "/nowhere/key", "B_FILE": str(binary)})
    env.text("A", "")
    env.text("B", "")
    assert env.mistakes == [
        "A_FILE: /nowhere/key cannot be read (No such file or directory).",
        f"B_FILE: {binary} cannot be read (it is no text).",
    ]


@pytest.mark.slow
def test_the_address_keeps_its_options_and_the_password_stands_apart() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            SHOW,
        ],
        cwd=ROOT,
        env=production(
            DATABASE_URL="postgres://perron@database/perron?sslmode=verify-full",
            DATABASE_PASSWORD="apart",
        ),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.startswith("apart verify-full -c statement_timeout=10s")
