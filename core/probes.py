"""Whether this process can serve: asked by proxies and supervisors."""

import shutil
from typing import Any

import redis
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

LEAST_DISK_BYTES = 200 * 1024 * 1024


def readiness() -> dict[str, Any]:
    """What works. Without Valkey the house is ready but degraded: messages wait."""
    parts = {
        "database": database(),
        "migrations": _migrations(),
        "disk": _disk(),
    }
    return {
        "ready": all(parts.values()),
        "degraded": not broker(),
        **parts,
    }


def database() -> bool:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _disk() -> bool:
    try:
        return shutil.disk_usage(default_storage.path("")).free > LEAST_DISK_BYTES
    except FileNotFoundError:
        return True  # made with the first file


def broker() -> bool:
    """Whether Valkey answers within a second."""
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        )
        return bool(client.ping())
    except (redis.RedisError, ValueError):
        return False
