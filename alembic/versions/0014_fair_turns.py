"""What is due is found in turns: the first draft of every organisation, then the second. Nobody's crowd hides another's one."""

from alembic import op

revision = "0014_fair_turns"
down_revision = "0013_rewrites"
branch_labels = None
depends_on = None

HEAD = """
CREATE OR REPLACE FUNCTION gate_due_drafts(p_limit int) RETURNS TABLE (org_id uuid, id uuid, attempt int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
"""
DUE = """
      (j.status = 'queued' AND coalesce(j.next_attempt_at, j.queued_at + interval '1 second') <= now())
      OR (j.status = 'retry_wait' AND j.next_attempt_at <= now())
      OR (j.status = 'running' AND j.lease_expires_at < now())
"""
IN_TURNS = f"""{HEAD}
  SELECT due.org_id, due.id, due.attempt FROM (
    SELECT j.org_id, j.id, j.attempt, j.queued_at,
           row_number() OVER (PARTITION BY j.org_id ORDER BY j.status = 'running' DESC, j.queued_at) AS turn
      FROM draft_job j WHERE {DUE}) due
   ORDER BY due.turn, due.queued_at LIMIT p_limit
$$;
"""
IN_ONE_LINE = f"""{HEAD}
  SELECT j.org_id, j.id, j.attempt FROM draft_job j WHERE {DUE} ORDER BY j.queued_at LIMIT p_limit
$$;
"""


def upgrade() -> None:
    _as_gate(IN_TURNS)


def downgrade() -> None:
    _as_gate(IN_ONE_LINE)


def _as_gate(statement: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statement)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
