"""Two columns of drafts that nothing reads: text is counted in its stream, the first word in draft_attempt."""

from alembic import op

revision = "0029_leftovers_of_drafts"
down_revision = "0028_landing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE draft_job DROP COLUMN last_seq, DROP COLUMN first_token_at")


def downgrade() -> None:
    op.execute(
        "ALTER TABLE draft_job ADD COLUMN last_seq bigint DEFAULT 0 NOT NULL, ADD COLUMN first_token_at timestamptz"
    )
