"""Screens of the tenant's operator: personal data, the journal, messages."""
