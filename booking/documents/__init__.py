"""Printed documents of a booking: the invitation, the information sheet, the form (BKG-031)."""

from booking.documents.form import blank_form, personal_data_of
from booking.documents.invitation import calendar_text, invitation_of
from booking.documents.letterhead import written_day
from booking.documents.sheet import information_sheet_of

__all__ = [
    "blank_form",
    "calendar_text",
    "information_sheet_of",
    "invitation_of",
    "personal_data_of",
    "written_day",
]
