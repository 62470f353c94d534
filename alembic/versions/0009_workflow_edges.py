"""The edges of the state machines: a row moves only along them, whoever asks.

The second line of defence behind contractflow/workflows; a test compares the two. When a table of moves changes,
a new migration replaces `workflow_edges()`.
"""

from alembic import op

revision = "0009_workflow_edges"
down_revision = "0008_gates"
branch_labels = None
depends_on = None

EDGES = """
CREATE FUNCTION workflow_edges() RETURNS TABLE (machine text, source text, target text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ VALUES
    ('document', 'declined', 'draft'),
    ('document', 'declined', 'voided'),
    ('document', 'draft', 'review'),
    ('document', 'draft', 'sent'),
    ('document', 'draft', 'voided'),
    ('document', 'expired', 'draft'),
    ('document', 'expired', 'sent'),
    ('document', 'expired', 'voided'),
    ('document', 'paid', 'signed'),
    ('document', 'review', 'draft'),
    ('document', 'review', 'sent'),
    ('document', 'review', 'voided'),
    ('document', 'sent', 'declined'),
    ('document', 'sent', 'draft'),
    ('document', 'sent', 'expired'),
    ('document', 'sent', 'signed'),
    ('document', 'sent', 'voided'),
    ('document', 'signed', 'paid'),
    ('approval', 'approved', 'stale'),
    ('approval', 'changes_requested', 'none'),
    ('approval', 'changes_requested', 'pending'),
    ('approval', 'none', 'pending'),
    ('approval', 'pending', 'approved'),
    ('approval', 'pending', 'changes_requested'),
    ('approval', 'pending', 'none'),
    ('approval', 'pending', 'stale'),
    ('approval', 'stale', 'none'),
    ('approval', 'stale', 'pending'),
    ('generation', 'cancelled', 'queued'),
    ('generation', 'failed', 'queued'),
    ('generation', 'idle', 'queued'),
    ('generation', 'queued', 'cancelled'),
    ('generation', 'queued', 'failed'),
    ('generation', 'queued', 'streaming'),
    ('generation', 'ready', 'queued'),
    ('generation', 'streaming', 'cancelled'),
    ('generation', 'streaming', 'failed'),
    ('generation', 'streaming', 'queued'),
    ('generation', 'streaming', 'ready'),
    ('draft_job', 'failed', 'queued'),
    ('draft_job', 'queued', 'cancelled'),
    ('draft_job', 'queued', 'failed'),
    ('draft_job', 'queued', 'running'),
    ('draft_job', 'retry_wait', 'cancelled'),
    ('draft_job', 'retry_wait', 'failed'),
    ('draft_job', 'retry_wait', 'running'),
    ('draft_job', 'running', 'cancelled'),
    ('draft_job', 'running', 'failed'),
    ('draft_job', 'running', 'queued'),
    ('draft_job', 'running', 'retry_wait'),
    ('draft_job', 'running', 'succeeded'),
    ('signer', 'declined', 'waiting'),
    ('signer', 'expired', 'invited'),
    ('signer', 'expired', 'removed'),
    ('signer', 'expired', 'waiting'),
    ('signer', 'invited', 'declined'),
    ('signer', 'invited', 'delegated'),
    ('signer', 'invited', 'expired'),
    ('signer', 'invited', 'removed'),
    ('signer', 'invited', 'signed'),
    ('signer', 'invited', 'viewed'),
    ('signer', 'invited', 'waiting'),
    ('signer', 'viewed', 'declined'),
    ('signer', 'viewed', 'delegated'),
    ('signer', 'viewed', 'expired'),
    ('signer', 'viewed', 'removed'),
    ('signer', 'viewed', 'signed'),
    ('signer', 'viewed', 'waiting'),
    ('signer', 'waiting', 'expired'),
    ('signer', 'waiting', 'invited'),
    ('signer', 'waiting', 'removed'),
    ('invoice', 'open', 'paid'),
    ('invoice', 'open', 'partially_paid'),
    ('invoice', 'open', 'uncollectible'),
    ('invoice', 'open', 'void'),
    ('invoice', 'paid', 'open'),
    ('invoice', 'paid', 'partially_paid'),
    ('invoice', 'partially_paid', 'open'),
    ('invoice', 'partially_paid', 'paid'),
    ('invoice', 'partially_paid', 'uncollectible'),
    ('invoice', 'scheduled', 'open'),
    ('invoice', 'scheduled', 'void'),
    ('invoice', 'uncollectible', 'open'),
    ('invoice', 'uncollectible', 'paid'),
    ('payment', 'failed', 'succeeded'),
    ('payment', 'pending', 'failed'),
    ('payment', 'pending', 'succeeded'),
    ('payment', 'succeeded', 'reversed'),
    ('subscription', 'active', 'canceled'),
    ('subscription', 'active', 'past_due'),
    ('subscription', 'active', 'paused'),
    ('subscription', 'past_due', 'active'),
    ('subscription', 'past_due', 'canceled'),
    ('subscription', 'past_due', 'paused'),
    ('subscription', 'paused', 'active'),
    ('subscription', 'paused', 'canceled'),
    ('subscription', 'trialing', 'active'),
    ('subscription', 'trialing', 'canceled'),
    ('subscription', 'trialing', 'past_due'),
    ('subscription', 'trialing', 'paused'),
    ('lead', 'contacted', 'converted'),
    ('lead', 'contacted', 'disqualified'),
    ('lead', 'contacted', 'qualified'),
    ('lead', 'disqualified', 'new'),
    ('lead', 'new', 'contacted'),
    ('lead', 'new', 'converted'),
    ('lead', 'new', 'disqualified'),
    ('lead', 'new', 'qualified'),
    ('lead', 'qualified', 'converted'),
    ('lead', 'qualified', 'disqualified'),
    ('project', 'active', 'canceled'),
    ('project', 'active', 'completed'),
    ('project', 'active', 'on_hold'),
    ('project', 'completed', 'active'),
    ('project', 'on_hold', 'active'),
    ('project', 'on_hold', 'canceled'),
    ('project', 'planned', 'active'),
    ('project', 'planned', 'canceled')
$$;
"""

# Arguments: machine, column, and the state a new row must have ('' when a provider decides that).
GUARD = """
CREATE FUNCTION workflow_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  subject text := TG_ARGV[0];
  after text := to_jsonb(NEW) ->> TG_ARGV[1];
  before text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF after <> TG_ARGV[2] THEN
      RAISE EXCEPTION '% starts as %, not %', subject, TG_ARGV[2], after
        USING ERRCODE = 'check_violation', CONSTRAINT = 'workflow_' || subject, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
  END IF;
  before := to_jsonb(OLD) ->> TG_ARGV[1];
  IF before <> after AND NOT EXISTS (
    SELECT FROM workflow_edges() e WHERE (e.machine, e.source, e.target) = (subject, before, after)
  ) THEN
    RAISE EXCEPTION 'illegal % move: % -> %', subject, before, after
      USING ERRCODE = 'check_violation', CONSTRAINT = 'workflow_' || subject, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
"""

MACHINES = (
    # machine, table, column, initial state
    ("document", "document", "status", "draft"),
    ("approval", "document", "approval_status", "none"),
    ("generation", "document", "generation_status", "idle"),
    ("draft_job", "draft_job", "status", "queued"),
    ("signer", "signer", "status", "waiting"),
    ("invoice", "invoice", "status", "scheduled"),
    ("payment", "payment", "status", ""),
    ("subscription", "subscription", "status", ""),
    ("lead", "lead", "status", "new"),
    ("project", "project", "status", "planned"),
)


def upgrade() -> None:
    op.execute(EDGES)
    op.execute(GUARD)
    op.execute("REVOKE ALL ON FUNCTION workflow_guard() FROM PUBLIC")
    for machine, table, column, initial in MACHINES:
        arguments = f"'{machine}', '{column}', '{initial}'"
        op.execute(
            f"CREATE TRIGGER a_workflow_{machine} BEFORE UPDATE OF {column} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION workflow_guard({arguments})"
        )
        if initial:
            op.execute(
                f"CREATE TRIGGER a_workflow_{machine}_starts BEFORE INSERT ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION workflow_guard({arguments})"
            )


def downgrade() -> None:
    for machine, table, _, initial in MACHINES:
        op.execute(f"DROP TRIGGER a_workflow_{machine} ON {table}")
        if initial:
            op.execute(f"DROP TRIGGER a_workflow_{machine}_starts ON {table}")
    op.execute("DROP FUNCTION workflow_guard(), workflow_edges()")
