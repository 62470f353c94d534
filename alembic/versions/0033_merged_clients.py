"""Two clients that were one: the second points to the first and is archived; what is signed and issued stays as it is."""

from alembic import op

revision = "0033_merged_clients"
down_revision = "0032_lead_form"
branch_labels = None
depends_on = None

MERGED = """
ALTER TABLE client ADD COLUMN merged_into_id uuid,
  ADD CONSTRAINT fk_client_org_id_merged_into_id FOREIGN KEY (org_id, merged_into_id) REFERENCES client (org_id, id)
    ON DELETE SET NULL (merged_into_id),
  ADD CONSTRAINT ck_client_merged_is_archived CHECK (merged_into_id IS NULL OR archived_at IS NOT NULL),
  ADD CONSTRAINT ck_client_not_into_itself CHECK (merged_into_id <> id);
CREATE INDEX ix_client_org_id_merged_into_id ON client (org_id, merged_into_id);
"""


def upgrade() -> None:
    op.execute(MERGED)


def downgrade() -> None:
    op.execute("ALTER TABLE client DROP COLUMN merged_into_id")
