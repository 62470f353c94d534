"""The roles, once per cluster, and what they may do in one database. Safe to run again, and by several at once.

Run it as the database's owner; to make the roles it needs CREATEROLE (or somebody who has it runs it first).
"""

from __future__ import annotations

from sqlalchemy import Connection, create_engine, text

from contractflow.db.roles import CONNECTABLE, DbRole

_READY = text("""
    SELECT bool_and(pg_has_role(current_user, r.rolname, 'SET') OR r.rolname = 'cf_gate') AND count(*) = :roles
       AND (SELECT has_schema_privilege(oid, 'public', 'CREATE') AND pg_has_role(oid, 'cf_gate', 'SET')
              FROM pg_roles WHERE rolname = 'cf_owner')
      FROM pg_roles r WHERE r.rolname = ANY(:names)""")

# Roles belong to the cluster: another database of it, or another migrator, may have made them a moment ago.
_CREATE = """
    DO $$ BEGIN
      CREATE ROLE {role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$"""

# Without INHERIT the login itself can do nothing: every connection has to choose a role.
_JOIN = 'GRANT {role} TO "{login}" WITH INHERIT FALSE, SET TRUE'


def bootstrap(url: str, login: str | None = None) -> None:
    """Prepare the database at `url` (SQLAlchemy's form) for migrations.

    `login` is the role the product connects as; by default the one in `url`.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            prepare(connection, login)
    finally:
        engine.dispose()


def prepare(connection: Connection, login: str | None = None) -> None:
    if login is None and connection.execute(_READY, _names()).scalar():
        return
    login = login or connection.execute(text("SELECT current_user")).scalar_one()
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('contractflow roles'))"))
    for role in DbRole:
        connection.execute(text(_CREATE.format(role=role)))
    for role in CONNECTABLE:
        connection.execute(text(_JOIN.format(role=role, login=login.replace('"', '""'))))
    connection.execute(
        text("GRANT cf_gate TO cf_owner WITH INHERIT FALSE, SET TRUE")
    )  # to own the gate functions
    connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    connection.execute(text("GRANT USAGE, CREATE ON SCHEMA public TO cf_owner WITH GRANT OPTION"))
    connection.execute(text("GRANT USAGE ON SCHEMA public TO cf_app, cf_worker, cf_ops, cf_gate"))


def _names() -> dict[str, object]:
    return {"names": [str(role) for role in DbRole], "roles": len(DbRole)}
