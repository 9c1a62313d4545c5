"""What whoever watches the house sees, and who may see it (TRUST §7)."""

import datetime as dt
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from ruamel.yaml import YAML

from booking.actions.dates import take_date
from config.celery import app
from config.host.alarms import ALARMS
from core import jobs, metrics
from core.dates import now
from core.documents.models import Document, DocumentState
from core.jobs import claim
from core.messages.models import MessageState, OutgoingMessage
from core.tasks import send_messages
from tests.conftest import Canton

TOKEN = "0123456789abcdefghij" * 2
LINE = re.compile(r'perron_[a-z_]+({[a-z]+="[a-z_-]+"})? -?\d+(\.\d+)?(e[+-]\d+)?')
pytestmark = pytest.mark.django_db


def ask(token: str = TOKEN) -> Any:
    headers = {"authorization": f"Bearer {token}", "host": "10.0.0.7:8000"}
    return Client(headers=headers).get("/metrics")


def test_only_who_knows_the_token_sees_them(settings: Any) -> None:
    assert ask().status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert ask("something else").status_code == 404
    assert Client().get("/metrics").status_code == 404
    answer = ask()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_prometheus_can_read_them(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = ask()
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    names = set()
    for line in answer.text.splitlines():
        if line.startswith("# HELP "):
            names.add(line.split()[2])
        elif not line.startswith("# TYPE "):
            assert LINE.fullmatch(line), line
            assert re.split("[ {]", line)[0] in names, line
    assert {alarm.figure for alarm in ALARMS} <= names


def queue(canton: Canton, **more: Any) -> None:
    row = OutgoingMessage.objects.create(
        tenant=canton.tenant,
        dedupe_key=f"m{OutgoingMessage.objects.count()}",
        to="a@b.example",
        next_at=now(),
        **more,
    )
    OutgoingMessage.objects.filter(pk=row.pk).update(
        created_at=now() - dt.timedelta(hours=1)
    )


def test_messages_and_documents_that_wait_are_seen(canton: Canton) -> None:
    OutgoingMessage.objects.all().delete()
    queue(canton)
    queue(canton, state=MessageState.FAILED)
    queue(canton, state=MessageState.SENT)
    for state in (DocumentState.WAITING, DocumentState.FAILED):
        Document.objects.create(
            tenant=canton.tenant,
            kind=state,
            subject_id=canton.office.pk,
            language="fr",
            fingerprint="x",
            state=state,
        )
    seen = metrics.readings()
    assert 3600 <= seen["perron_message_oldest_seconds"][None] < 3700
    assert seen["perron_messages"] == {
        ("state", "queued"): 1,
        ("state", "failed"): 1,
    }
    assert seen["perron_documents"] == {
        ("state", "waiting"): 1,
        ("state", "failed"): 1,
    }
    assert "Messages do not leave." in alarms()
    assert "Messages were given up." in alarms()
    assert "Documents could not be made." in alarms()


def alarms() -> str:
    out = StringIO()
    with pytest.raises(CommandError, match=r"docs/operations\.md"):
        call_command("figures", stdout=out)
    return out.getvalue()


def test_a_hold_that_nobody_swept_is_seen(canton: Canton) -> None:
    take_date(by=canton.commune, slot=canton.slot(), with_interpreter=False)
    assert metrics.readings()["perron_booking_holds_unswept"] == {None: 0}
    with time_machine.travel(now() + dt.timedelta(days=6), tick=False):
        assert metrics.readings()["perron_booking_holds_unswept"] == {None: 1}


def test_every_job_of_the_timetable_is_watched() -> None:
    metrics.gauges()
    scheduled = {
        entry["task"].rpartition(".")[2] for entry in app.conf.beat_schedule.values()
    }
    assert scheduled <= set(jobs.PERIODS)


def test_a_job_that_did_not_run_is_overdue() -> None:
    send_messages()
    claim("lapse_holds", 60)
    with time_machine.travel(now() + dt.timedelta(minutes=20), tick=False):
        claim("lapse_holds", 60)
        late = metrics.readings()["perron_job_late_seconds"]
        assert late["job", "lapse_holds"] == 0
        assert 1100 < late["job", "send_messages"] < 1200
        assert late["job", "open_slots"] == 0
        assert "overdue. send_messages (" in alarms()


def test_all_is_well_when_all_is_well() -> None:
    metrics.gauges()
    for name in jobs.PERIODS:
        claim(name, 60)
    out = StringIO()
    call_command("figures", stdout=out)
    assert out.getvalue().endswith("No alarm.\n")


def test_what_to_do_at_each_alarm_is_written_down() -> None:
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    for alarm in ALARMS:
        assert f"`{alarm.expression}`" in text


def test_the_alarms_are_rules_for_prometheus() -> None:
    out = StringIO()
    call_command("figures", "--rules", stdout=out)
    (group,) = YAML(typ="safe").load(out.getvalue())["groups"]
    asked = [rule["expr"] for rule in group["rules"]]
    assert asked[:-1] == [alarm.expression for alarm in ALARMS]
    assert asked[-1] == "absent(perron_database_up)"
