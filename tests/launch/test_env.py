"""Mistakes in the environment: one sentence each, all at once, before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Environment, is_loopback

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "x" * 40,
    "SEED_KEYS": "Oz0xvbVJutn3tokMbCqcthsYrk67oR8xd49Px3Q503w=",
    "DATABASE_URL": "postgres://localhost/perron",
    "REDIS_URL": "redis://localhost",
}


def start(module: str, **values: str) -> str:
    """What a process says that only loads the settings; empty when it starts."""
    ended = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **GOOD, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stderr if ended.returncode else ""


def test_all_mistakes_are_told_at_once() -> None:
    env = Environment({"NUMBER": "-3", "FLAG": "perhaps", "URL": "mysql://x"})
    env.text("ABSENT")
    env.number("NUMBER", 1)
    env.flag("FLAG")
    env.url("URL", {"postgres"})
    env.secret("SHORT", "abc")
    with pytest.raises(ImproperlyConfigured) as caught:
        env.check()
    said = str(caught.value)
    for word in ("ABSENT", "NUMBER", "FLAG", "URL", "SHORT"):
        assert said.count(f"- {word} ") == 1


def test_nothing_is_told_when_all_is_well() -> None:
    env = Environment({"NUMBER": "3", "FLAG": "yes"})
    assert env.number("NUMBER", 1) == 3
    assert env.flag("FLAG") is True
    env.check()


@pytest.mark.parametrize(
    ("bind", "loopback"),
    [
        ("127.0.0.1:8000", True),
        ("127.9.0.1:8000", True),
        ("localhost:1", True),
        ("[::1]:8000", True),
        ("0.0.0.0:8000", False),
        ("[::]:8000", False),
        ("192.168.1.4:80", False),
        ("perron.example:80", False),
        ("localhost.example:80", False),
        (":8000", False),
    ],
)
def test_loopback(bind: str, loopback: bool) -> None:
    assert is_loopback(bind) is loopback


@pytest.mark.slow
def test_demonstration_refuses_an_address_that_others_reach() -> None:
    assert start("config.settings.dev", DEMO="1") == ""
    said = start("config.settings.dev", DEMO="1", BIND="0.0.0.0:8000")
    assert "DEMO=1" in said
    assert "0.0.0.0:8000" in said
    assert start("config.settings.dev", BIND="0.0.0.0:8000") == ""


@pytest.mark.slow
def test_production_refuses_the_demonstration() -> None:
    assert "DEMO=1" in start("config.settings.production", DEMO="1")
