"""A link that undoes a change of address stays valid beside a newer one: a second change does not shut out its victim."""

from alembic import op

revision = "0023_undo_links"
down_revision = "0022_factors"
branch_labels = None
depends_on = None

ISSUE = """
CREATE OR REPLACE FUNCTION gate_issue_link(p_id uuid, p_purpose text, p_user_id uuid, p_email text, p_hash bytea, p_life interval)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM FROM user_credential WHERE user_id = p_user_id FOR UPDATE;
  UPDATE one_time_token SET revoked_at = now() WHERE user_id = p_user_id AND org_id IS NULL AND purpose = p_purpose
     {but} AND used_at IS NULL AND revoked_at IS NULL;
  INSERT INTO one_time_token (id, purpose, email, user_id, token_hmac, expires_at)
  VALUES (p_id, p_purpose, lower(p_email), p_user_id, p_hash, now() + p_life);
END $$;
"""


def upgrade() -> None:
    _as_gate(ISSUE.format(but="AND purpose <> 'undo_email'"))


def downgrade() -> None:
    _as_gate(ISSUE.format(but=""))


def _as_gate(statement: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statement)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
