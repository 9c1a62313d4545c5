from django.apps import AppConfig


class HouseConfig(AppConfig):
    """The house itself: its commands, and what connects the domains."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401, PLC0415 (tasks belong to our app)
