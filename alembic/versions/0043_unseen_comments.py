"""What a client wrote waits for a member until somebody answers it, settles its thread or says that they have seen it."""

from alembic import op

revision = "0043_unseen_comments"
down_revision = "0042_reminders"
branch_labels = None
depends_on = None

# What was answered or settled before waits for nobody.
COLUMN = """
ALTER TABLE comment ADD COLUMN seen_at timestamptz;
UPDATE comment c SET seen_at = now()
 WHERE c.contact_id IS NOT NULL
   AND EXISTS (SELECT FROM comment o
                WHERE o.document_id = c.document_id
                  AND (o.id = coalesce(c.parent_id, c.id) AND o.state = 'resolved'
                       OR coalesce(o.parent_id, o.id) = coalesce(c.parent_id, c.id) AND o.member_id IS NOT NULL
                          AND o.id > c.id));
CREATE INDEX ix_comment_unseen ON comment (org_id, created_at, id)
 WHERE contact_id IS NOT NULL AND seen_at IS NULL AND deleted_at IS NULL;
"""


def upgrade() -> None:
    op.execute(COLUMN)


def downgrade() -> None:
    op.execute("DROP INDEX ix_comment_unseen")
    op.execute("ALTER TABLE comment DROP COLUMN seen_at")
