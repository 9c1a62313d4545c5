"""Messages while things break: killed workers, a refusing server, a stopped broker (TRUST §3.2).

The bar: none lost, duplicates ≤ kills, each duplicate under the same Message-ID.
"""

import random
import time
from pathlib import Path

import pytest
from django.conf import settings as _settings
from django.db import transaction
from django.test.utils import override_settings

from accounts.models import Tenant
from core.dates import now
from core.messages.models import MessageState, OutgoingMessage
from core.messages.outbox import queue, wake_sender
from tests.core.processes import MailServer, mail_server, until, valkey, worker

TEMPLATES = [
    {
        **_settings.TEMPLATES[0],
        "DIRS": [Path(__file__).parent / "templates", *_settings.TEMPLATES[0]["DIRS"]],
    }
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
]
MAILS, KILLS = 200, 20


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(slug="berne", name="Canton de Berne", office="Office")


def queue_many(tenant: Tenant, numbers: range) -> None:
    """One message a transaction, as people make them."""
    with override_settings(TEMPLATES=TEMPLATES):
        for number in numbers:
            with transaction.atomic():
                queue(
                    tenant=tenant,
                    kind="test",
                    dedupe_key=f"test:{number}",
                    to=f"person{number}@example.org",
                    language="fr",
                    template="plain",
                    context={"number": number},
                )


def tick() -> None:
    """What the passing minutes do: refused ones are due again, beat wakes the sender."""
    waiting = OutgoingMessage.objects.filter(state=MessageState.QUEUED)
    waiting.filter(next_at__gt=now()).update(next_at=now())
    wake_sender()


def all_sent() -> bool:
    tick()
    time.sleep(0.2)
    left = OutgoingMessage.objects.exclude(state=MessageState.SENT)
    return not left.exists()


def assert_none_lost(mails: MailServer, *, kills: int) -> None:
    ids = {
        f"<{pk}@localhost>"
        for pk in OutgoingMessage.objects.values_list("pk", flat=True)
    }
    assert len(ids) == MAILS
    assert set(mails.received) == ids
    assert mails.copies() <= kills


def test_twenty_kills_and_a_server_that_refuses(tenant: Tenant, tmp_path: Path) -> None:
    chance, started = random.Random(11), time.monotonic()
    with (
        mail_server(refusing=0.15, seconds=0.1) as mails,
        valkey() as broker,
        worker(mails, broker, tmp_path) as one,
    ):
        queue_many(tenant, range(MAILS))
        for kill in range(KILLS):
            goal = min(len(mails.received) + 5, MAILS - 1)
            until(
                lambda goal=goal: tick() or len(mails.received) >= goal, "mails leave"
            )
            time.sleep(chance.random() / 10)
            if kill % 4:
                one.kill_child(chance)
            else:
                one.kill()
                one.start()
        until(all_sent, "every message is sent")
    print(  # noqa: T201
        f"{MAILS} mails, {KILLS} kills, {mails.refused} refusals: "
        f"{mails.copies()} duplicates, {time.monotonic() - started:.0f} s"
    )
    assert mails.refused > 0
    assert_none_lost(mails, kills=KILLS)


def test_the_broker_stopped_in_the_middle(tenant: Tenant, tmp_path: Path) -> None:
    with (
        mail_server(seconds=0.02) as mails,
        valkey() as broker,
        worker(mails, broker, tmp_path),
    ):
        queue_many(tenant, range(50))
        until(lambda: tick() or len(mails.received) > 10, "mails leave")
        broker.stop()
        started = time.monotonic()
        queue_many(tenant, range(50, MAILS))
        waited = time.monotonic() - started
        time.sleep(8)
        broker.start()
        until(all_sent, "every message is sent")
    print(f"150 messages queued without a broker: {waited:.1f} s")  # noqa: T201
    assert_none_lost(mails, kills=0)


def test_the_broker_forgets_everything(tenant: Tenant, tmp_path: Path) -> None:
    """FLUSHALL: wake-ups are only wake-ups."""
    with mail_server() as mails, valkey() as broker:
        queue_many(tenant, range(MAILS))
        assert broker._ask(b"FLUSHALL").startswith(b"+OK")
        with worker(mails, broker, tmp_path):
            until(all_sent, "every message is sent")
    assert_none_lost(mails, kills=0)
