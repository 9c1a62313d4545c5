"""What other domains may answer."""

from django.dispatch import Signal

# A confirmed interview needs an interpreter. Keyword: booking. Where the tenant also runs
# `interpreting`, that app raises the request and notes its state (BKG-053).
interpreter_wanted = Signal()
