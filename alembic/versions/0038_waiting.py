"""What waits for somebody is found by indexes that hold little else, however many documents there are."""

from alembic import op

revision = "0038_waiting"
down_revision = "0037_comments"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_document_of_owner": "document (org_id, owner_id, status, updated_at, id) WHERE deleted_at IS NULL",
    "ix_document_reviewed": "document (org_id, owner_id, approval_status, updated_at, id)"
    " WHERE deleted_at IS NULL AND status IN ('draft', 'review') AND approval_status IN ('changes_requested', 'stale', 'approved')",
    "ix_document_draft_failed": "document (org_id, owner_id, updated_at, id)"
    " WHERE deleted_at IS NULL AND status = 'draft' AND generation_status = 'failed'",
    "ix_document_expiring": "document (org_id, owner_id, expires_at, id) WHERE deleted_at IS NULL AND status = 'sent'",
    "ix_invoice_overdue": "invoice (org_id, due_on, id) WHERE status IN ('open', 'partially_paid')",
    "ix_payment_reported": "payment (org_id, created_at, id) WHERE status = 'pending' AND provider = 'manual'",
}


def upgrade() -> None:
    for name, on in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {on}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
