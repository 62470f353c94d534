"""A client who signs changes the agency's own rows no more, and a worker opens no webhook that is another organisation's.

The services never let a client near these rows; the tenancy proof found that the database would have: with the session
of a portal, an UPDATE reached the agency's members, its plan, its name and its clients.
"""

from alembic import op

revision = "0016_signers_write_less"
down_revision = "0015_platform"
branch_labels = None
depends_on = None

# What a client reads (a name, an address, whom to ask) and has no business writing.
READ_ONLY = ("org", "membership", "subscription", "client", "contact")

# Nobody knows whose an event is before a worker has read it. From then on it is that organisation's.
WHOSE = "org_id IS NULL OR org_id = app_org_id()"


def upgrade() -> None:
    for table in READ_ONLY:
        op.execute(
            f"CREATE POLICY signer_adds_none ON {table} AS RESTRICTIVE FOR INSERT TO cf_app, cf_worker"
            " WITH CHECK (app_document_id() IS NULL)"
        )
        op.execute(
            f"CREATE POLICY signer_changes_none ON {table} AS RESTRICTIVE FOR UPDATE TO cf_app, cf_worker"
            " USING (app_document_id() IS NULL)"
        )
    op.execute(f"ALTER POLICY open ON webhook_event USING ({WHOSE}) WITH CHECK ({WHOSE})")


def downgrade() -> None:
    op.execute("ALTER POLICY open ON webhook_event USING (true) WITH CHECK (true)")
    for table in READ_ONLY:
        op.execute(f"DROP POLICY signer_changes_none ON {table}")
        op.execute(f"DROP POLICY signer_adds_none ON {table}")
