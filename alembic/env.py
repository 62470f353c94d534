"""Runs migrations as the owner of the tables, one at a time, each in a transaction of its own."""

from alembic import context
from contractflow import models  # noqa: F401  fills the metadata
from contractflow.config import settings
from contractflow.db.engine import options
from contractflow.db.roles import DbRole
from sqlalchemy import create_engine, pool, text
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


def plain_types(kind, value, _):
    """A migration must not import SQLModel: its types may be gone when somebody runs it years from now."""
    if kind == "type" and isinstance(value, AutoString):
        return f"sa.String({value.length or ''})"
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


url = context.config.attributes.get("url") or settings().database_url.get_secret_value()
owner = create_engine(url, connect_args={"options": options(DbRole.OWNER)}, poolclass=pool.NullPool)
with owner.connect() as connection:
    # A second migrator waits here until the first is done, then finds nothing to do.
    connection.execute(text("SET lock_timeout = '10min'"))
    connection.execute(text("SELECT pg_advisory_lock(hashtext('contractflow migrations'))"))
    # A migration that cannot get its lock gives up, instead of queueing everybody behind it.
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        compare_server_default=True,
        render_item=plain_types,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
