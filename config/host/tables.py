"""What stands in a database, as figures that can be compared: rows and hashes by table."""

from typing import Any

import psycopg
from psycopg import sql

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SEQUENCES = (
    "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences"
    " WHERE schemaname = 'public' ORDER BY 1"
)
# The sum of the rows' hashes: independent of their order, and of one size for any number.
HASH = """
SELECT count(*),
       coalesce(sum(('x' || substr(hash, 1, 16))::bit(64)::bigint::numeric), 0)::text
       || '/' ||
       coalesce(sum(('x' || substr(hash, 17))::bit(64)::bigint::numeric), 0)::text
FROM (SELECT md5({table}::text) AS hash FROM public.{table}) AS rows
"""


def names(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Every table of ours."""
    return [name for (name,) in connection.execute(TABLES)]


def fingerprints(
    connection: psycopg.Connection[tuple[Any, ...]],
) -> dict[str, list[Any]]:
    """Table → number of rows and hash of them all; sequence → where it stands."""
    found: dict[str, list[Any]] = {}
    for name in names(connection):
        query = sql.SQL(HASH).format(table=sql.Identifier(name))
        rows, digest = connection.execute(query).fetchone() or (0, "")
        found[name] = [rows, digest]
    for name, value in connection.execute(SEQUENCES):
        found[f"sequence {name}"] = [value, ""]
    return found


def differences(wanted: dict[str, list[Any]], found: dict[str, list[Any]]) -> list[str]:
    """One sentence for each table that is not as it should be."""
    told = []
    for name in sorted({*wanted, *found}):
        before, after = wanted.get(name), found.get(name)
        if before is None or after is None:
            told.append(f"{name} is {'missing' if after is None else 'too many'}.")
        elif before[0] != after[0]:
            told.append(f"{name} has {after[0]} instead of {before[0]}.")
        elif before[1] != after[1]:
            told.append(f"{name} has other contents in its {after[0]} rows.")
    return told
