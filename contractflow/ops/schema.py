"""Whether the database has the newest schema, asked without importing SQLAlchemy: a start saves a second."""

from __future__ import annotations

import psycopg

from contractflow.revisions import heads


def is_at_head(url: str) -> bool:
    """`url` is SQLAlchemy's form; raises psycopg.OperationalError when the server does not answer."""
    with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
        try:
            connection.execute("SET ROLE cf_owner")
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except (
            psycopg.ProgrammingError,
            psycopg.DataError,
        ):  # no such role or table: nothing was migrated yet
            return False
    return {revision for (revision,) in rows} == heads()
