"""The public form of an organisation is found by its slug; leads are listed newest first, and read with what was done to them."""

from alembic import op

revision = "0032_lead_form"
down_revision = "0031_templates"
branch_labels = None
depends_on = None

INDEXES = """
CREATE INDEX ix_lead_inbox ON lead (org_id, created_at, id);
CREATE INDEX ix_audit_event_entity ON audit_event (org_id, entity_id, seq);
"""

# Whoever is suspended or being deleted takes no requests: a stranger cannot tell that from an address that leads nowhere.
GATE = """
CREATE FUNCTION gate_lead_form(p_slug text) RETURNS TABLE (org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.id FROM org o
   WHERE o.slug = p_slug AND o.deleted_at IS NULL AND o.deletion_requested_at IS NULL AND o.suspended_at IS NULL
$$;
REVOKE ALL ON FUNCTION gate_lead_form(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_lead_form(text) TO cf_app;
"""


def upgrade() -> None:
    op.execute(INDEXES)
    _as_gate(GATE)


def downgrade() -> None:
    _as_gate("DROP FUNCTION gate_lead_form(text)")
    op.execute("DROP INDEX ix_lead_inbox, ix_audit_event_entity")


def _as_gate(statements: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statements)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
