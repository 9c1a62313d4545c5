"""Many people at the same moment: threads with connections of their own, one barrier."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from tests.core.processes import until

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s"


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Lets so many threads call `act(number)` together; results or exceptions, in order."""
    barrier = threading.Barrier(count)

    def one(number: int) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            return act(number)
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def ask(sql: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [number])
        return bool(cursor.fetchone()[0])


@contextmanager
def locked(rows: Callable[[], object], act: Callable[[], object]) -> Iterator[None]:
    """These rows are locked, and `act`, in a thread of its own, waits for them by now."""
    pids: list[int] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            connection.ensure_connection()
            pids.append(connection.connection.info.backend_pid)
            act()
        except BaseException as error:  # noqa: BLE001 (the test looks at it)
            faults.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        rows()
        thread.start()
        until(lambda: pids and ask(WAITS, pids[0]), "the other waits")
        yield
    thread.join(20)
    assert faults == []


class Stopwatch:
    """Seconds since it was made; for what a test prints, never for what it asserts."""

    def __init__(self) -> None:
        self.started = time.perf_counter()

    def __str__(self) -> str:
        return f"{time.perf_counter() - self.started:.2f} s"
