"""The environment of a production, whole: what `docs/operations.md` asks for."""

import os

HOST = "berne.perron.example"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "0123456789abcdefghij" * 3,
    "SEED_KEYS": "Oz0xvbVJutn3tokMbCqcthsYrk67oR8xd49Px3Q503w=",
    "BACKUP_KEYS": "9b2C1PVX7c9hq0iWxbwmcnJC9tZsQIB6i8Ql4VpZ0nA=",
    "DATABASE_URL": "postgres://perron@database/perron",
    "REDIS_URL": "redis://valkey:6379/0",
    "EMAIL_URL": "smtp+tls://mail.perron.example:587",
    "EMAIL_FROM": "Perron <perron@perron.example>",
    "METRICS_TOKEN": "0123456789abcdefghij" * 2,
    "TRUSTED_PROXIES": "1",
}


def production(**changes: str) -> dict[str, str]:
    """A process' environment, with changes; what is set to "" is left out."""
    path = {"PATH": os.environ["PATH"]}
    return {key: value for key, value in (path | PRODUCTION | changes).items() if value}
