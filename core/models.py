"""Tables that every domain uses; each stands beside the functions that own it."""

from core.csp_reports import CspReports
from core.documents.models import Document
from core.jobs import JobRun
from core.journal import JournalEntry, JournalNote
from core.journal_seals import JournalSeal
from core.messages.models import OutgoingMessage
from core.occupancy import Occupancy
from core.privacy.models import AccessFile, Erasure, LegalHold, RetentionRun
from core.uploads.models import StoredFile

__all__ = [
    "AccessFile",
    "CspReports",
    "Document",
    "Erasure",
    "JobRun",
    "JournalEntry",
    "JournalNote",
    "JournalSeal",
    "LegalHold",
    "Occupancy",
    "OutgoingMessage",
    "RetentionRun",
    "StoredFile",
]
