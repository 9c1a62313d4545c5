"""Tables that every domain uses; each stands beside the functions that own it."""

from core.documents.models import Document
from core.jobs import JobRun
from core.journal import JournalEntry
from core.messages.models import OutgoingMessage
from core.occupancy import Occupancy
from core.uploads.models import StoredFile

__all__ = [
    "Document",
    "JobRun",
    "JournalEntry",
    "Occupancy",
    "OutgoingMessage",
    "StoredFile",
]
