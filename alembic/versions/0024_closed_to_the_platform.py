"""Second factors and remembered browsers are closed to a platform admin's own session as well."""

from alembic import op

revision = "0024_closed_to_the_platform"
down_revision = "0023_undo_links"
branch_labels = None
depends_on = None

TABLES = ("passkey", "trusted_device")


def upgrade() -> None:
    for table in TABLES:
        op.execute(
            f"CREATE POLICY platform ON {table} AS RESTRICTIVE TO cf_app, cf_worker USING (NOT app_is_platform())"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP POLICY platform ON {table}")
