"""Invoices are reminded of when their day has passed, unless somebody turned that off for one.

What was overdue before this came is left to people: nobody gets three mails at once because we were updated.
"""

from alembic import op

revision = "0042_reminders"
down_revision = "0041_bounces"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE invoice ADD COLUMN wants_reminders boolean DEFAULT true NOT NULL, ADD COLUMN reminded_at timestamptz;
UPDATE invoice SET next_reminder_at = (due_on + 1 + time '09:00') AT TIME ZONE 'UTC'
 WHERE status IN ('open', 'partially_paid') AND due_on >= current_date;
GRANT SELECT (next_reminder_at) ON invoice TO cf_gate;
"""

# An organisation that only reads, rests or ends writes to nobody: its invoices wait until it goes on.
DUE = """
CREATE FUNCTION gate_overdue_invoices(p_limit int) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.org_id, i.id
    FROM invoice i
    JOIN org o ON o.id = i.org_id
   WHERE i.status IN ('open', 'partially_paid') AND i.next_reminder_at <= now()
     AND o.deleted_at IS NULL AND o.deletion_requested_at IS NULL AND o.suspended_at IS NULL
     AND coalesce((SELECT bool_or(s.status IN ('trialing', 'active', 'past_due'))
                     FROM subscription s WHERE s.org_id = o.id), true)
   ORDER BY i.next_reminder_at, i.id LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION gate_overdue_invoices(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_overdue_invoices(int) TO cf_worker;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    _as_gate(DUE)


def downgrade() -> None:
    _as_gate("DROP FUNCTION gate_overdue_invoices(int)")
    op.execute("REVOKE SELECT (next_reminder_at) ON invoice FROM cf_gate")
    op.execute("ALTER TABLE invoice DROP COLUMN reminded_at, DROP COLUMN wants_reminders")


def _as_gate(statements: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statements)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
