"""Only what may still be living is ended: a session that ran out long ago keeps its end, and is not counted."""

from alembic import op

revision = "0027_living_sessions"
down_revision = "0026_erasure"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE OR REPLACE FUNCTION gate_end_sessions(p_user_id uuid, p_family_id uuid, p_except uuid, p_reason text)
RETURNS TABLE (family_id uuid, user_agent text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE auth_session s SET revoked_at = now(), revoke_reason = left(p_reason, 80)
   WHERE s.user_id = p_user_id AND s.revoked_at IS NULL AND (p_user_id = app_user_id() OR s.org_id = app_org_id()){only}
     AND (p_family_id IS NULL OR s.family_id = p_family_id) AND s.family_id IS DISTINCT FROM p_except
  RETURNING s.family_id, s.user_agent::text
$$;

CREATE OR REPLACE FUNCTION gate_end_all_sessions(p_user_id uuid, p_except uuid, p_reason text) RETURNS TABLE (family_id uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE auth_session s SET revoked_at = now(), revoke_reason = left(p_reason, 80)
   WHERE s.user_id = p_user_id AND s.revoked_at IS NULL AND s.family_id IS DISTINCT FROM p_except{only}
  RETURNING s.family_id
$$;
"""
LIVING = "\n     AND s.created_at > now() - interval '12 hours'"


def upgrade() -> None:
    _write(FUNCTIONS.format(only=LIVING))


def downgrade() -> None:
    _write(FUNCTIONS.format(only=""))


def _write(functions: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(functions)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
