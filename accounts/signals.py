"""What accounts tell the domains, which they do not know."""

from django.dispatch import Signal

# `user`: name, address or language were changed by the person, in this transaction.
profile_changed = Signal()
