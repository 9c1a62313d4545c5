"""From which figure on somebody has to act; what to do stands in docs/operations.md."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.metrics import Values

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Alarm:
    """A figure that must not pass a bound; `below`: must not fall under it.

    `label` narrows it to one of the figure's values, such as `failed`.
    """

    figure: str
    bound: float
    meaning: str
    label: str = ""
    below: bool = False

    @property
    def expression(self) -> str:
        """As Prometheus asks it."""
        sign = "<" if self.below else ">"
        narrowed = f'{{state="{self.label}"}}' if self.label else ""
        return f"{self.figure}{narrowed} {sign} {self.bound:.15g}"

    def raised_by(self, readings: Mapping[str, Values]) -> Iterator[str]:
        """The labels of the values that are out of bounds; "" for one without a label."""
        for label, value in readings.get(self.figure, {}).items():
            name = label[1] if label else ""
            concerned = not self.label or self.label == name
            if concerned and (value < self.bound if self.below else value > self.bound):
                yield name


ALARMS = [
    Alarm("perron_database_up", 1, "The database does not answer.", below=True),
    Alarm("perron_broker_up", 1, "Valkey does not answer.", below=True),
    Alarm("perron_message_oldest_seconds", 900, "Messages do not leave."),
    Alarm("perron_messages", 0, "Messages were given up.", label="failed"),
    Alarm("perron_document_oldest_seconds", 300, "Documents are not made."),
    Alarm("perron_documents", 0, "Documents could not be made.", label="failed"),
    Alarm("perron_booking_holds_unswept", 0, "Lapsed holds of dates stay."),
    Alarm("perron_counters_holds_unswept", 0, "Lapsed holds of slots stay."),
    Alarm("perron_job_late_seconds", 300, "A periodic job is overdue."),
    Alarm("perron_journal_unsealed_seconds", 21600, "The journal is not sealed."),
    Alarm("perron_disk_free_bytes", 1024 * MEGABYTE, "The disk fills up.", below=True),
]


def rules() -> str:
    """All of them as a file of rules for Prometheus; JSON is YAML as well."""
    found = [
        {
            "alert": alarm.meaning.rstrip("."),
            "expr": alarm.expression,
            "for": "5m",
            "annotations": {"summary": "See “Alarms” in docs/operations.md."},
        }
        for alarm in ALARMS
    ]
    gone = {"alert": "Perron tells no figures", "expr": "absent(perron_database_up)"}
    group = {"name": "perron", "rules": [*found, {**gone, "for": "5m"}]}
    return json.dumps({"groups": [group]}, ensure_ascii=False, indent=2)
