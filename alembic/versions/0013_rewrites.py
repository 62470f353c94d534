"""The rewrite of a clause waits for a decision: accepted or discarded, by whom and when; one at a time for a clause.

The columns have defaults, so that code from before goes on writing drafts.
"""

from alembic import op

revision = "0013_rewrites"
down_revision = "0012_draft_attempt"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE draft_job
  ADD COLUMN model varchar(120) DEFAULT '' NOT NULL,
  ADD COLUMN decision varchar(24) DEFAULT 'open' NOT NULL,
  ADD COLUMN decided_by uuid,
  ADD COLUMN decided_at timestamptz,
  ADD CONSTRAINT ck_draft_job_decision CHECK (decision IN ('open', 'accepted', 'discarded')),
  ADD CONSTRAINT ck_draft_job_decision_has_time CHECK ((decision = 'open') = (decided_at IS NULL)),
  ADD CONSTRAINT ck_draft_job_clause_has_block CHECK (kind <> 'clause' OR block_id IS NOT NULL);
CREATE UNIQUE INDEX uq_draft_job_open_rewrite ON draft_job (document_id, block_id)
  WHERE kind = 'clause' AND decision = 'open';
CREATE TRIGGER a_workflow_rewrite BEFORE UPDATE OF decision ON draft_job
  FOR EACH ROW EXECUTE FUNCTION workflow_guard('rewrite', 'decision', 'open');
CREATE TRIGGER a_workflow_rewrite_starts BEFORE INSERT ON draft_job
  FOR EACH ROW EXECUTE FUNCTION workflow_guard('rewrite', 'decision', 'open');
"""

# What 0009 had, and the two edges of a rewrite.
EDGES = """
CREATE OR REPLACE FUNCTION workflow_edges() RETURNS TABLE (machine text, source text, target text)
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
    ('rewrite', 'open', 'accepted'),
    ('rewrite', 'open', 'discarded'),
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


def upgrade() -> None:
    op.execute(EDGES)
    op.execute(COLUMNS)


def downgrade() -> None:
    """The two edges stay: no machine is left that walks them."""
    op.execute(
        "DROP TRIGGER a_workflow_rewrite ON draft_job; DROP TRIGGER a_workflow_rewrite_starts ON draft_job"
    )
    op.execute("DROP INDEX uq_draft_job_open_rewrite")
    op.execute(
        "ALTER TABLE draft_job DROP COLUMN model, DROP COLUMN decision, DROP COLUMN decided_by, DROP COLUMN decided_at,"
        " DROP CONSTRAINT ck_draft_job_clause_has_block"
    )
