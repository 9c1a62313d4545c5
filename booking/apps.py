"""The booking domain as Django knows it."""

from importlib import import_module

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Says at start which documents it can print."""

    name = "booking"

    def ready(self) -> None:
        """Registers the kinds of documents."""
        import_module("booking.documents")
