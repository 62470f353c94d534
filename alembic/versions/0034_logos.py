"""A client who signs sees the logo of the agency, and writes no file but of their own document.

The services never let a client write a logo; the tenancy proof found that the database would have.
"""

from alembic import op

revision = "0034_logos"
down_revision = "0033_merged_clients"
branch_labels = None
depends_on = None

OWN = "app_document_id() IS NULL OR document_id = app_document_id()"


def upgrade() -> None:
    op.execute(
        "CREATE POLICY signer_adds_own ON artifact AS RESTRICTIVE FOR INSERT TO cf_app, cf_worker"
        f" WITH CHECK ({OWN})"
    )
    op.execute(
        "CREATE POLICY signer_changes_own ON artifact AS RESTRICTIVE FOR UPDATE TO cf_app, cf_worker"
        f" USING ({OWN})"
    )


def downgrade() -> None:
    op.execute("DROP POLICY signer_changes_own ON artifact")
    op.execute("DROP POLICY signer_adds_own ON artifact")
