from django.apps import AppConfig


class CountersConfig(AppConfig):
    name = "counters"

    def ready(self) -> None:
        """A citizen's file follows the account."""
        from accounts.signals import profile_changed  # noqa: PLC0415
        from counters.actions.persons import follow_account  # noqa: PLC0415

        profile_changed.connect(
            lambda sender, user, **_more: follow_account(user), weak=False
        )
