from django.apps import AppConfig
from django.conf import settings


class HouseConfig(AppConfig):
    """The house itself: its commands, and what connects the domains."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401, PLC0415 (tasks belong to our app)
        from core.jobs import watch  # noqa: PLC0415 (a model: the apps must be loaded)

        if settings.BACKUPS_WATCHED:
            watch("backup", settings.BACKUP_EVERY)
