from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import roles  # noqa: PLC0415 (apps must be loaded first)

        roles.discover()
