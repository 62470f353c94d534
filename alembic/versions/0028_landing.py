"""Where somebody was last, and which of their organisations are suspended: for choosing where a sign-in lands."""

from alembic import op

revision = "0028_landing"
down_revision = "0027_living_sessions"
branch_labels = None
depends_on = None

MEMBERSHIPS = """
DROP FUNCTION gate_memberships(uuid);
CREATE FUNCTION gate_memberships(p_user_id uuid)
RETURNS TABLE (org_id uuid, org_name text, membership_id uuid, role text, user_name text, status text{more})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.id, o.name::text, m.id, m.role::text, u.name::text, m.status::text{values}
    FROM membership m JOIN org o ON o.id = m.org_id JOIN app_user u ON u.id = m.user_id
   WHERE m.user_id = p_user_id AND o.deleted_at IS NULL AND u.deleted_at IS NULL
   ORDER BY m.id
$$;
REVOKE ALL ON FUNCTION gate_memberships(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_memberships(uuid) TO cf_app, cf_worker;
"""
USED = """,
         o.suspended_at IS NOT NULL,
         (SELECT max(s.last_seen_at) FROM auth_session s WHERE s.user_id = m.user_id AND s.org_id = m.org_id)"""


def upgrade() -> None:
    _write(MEMBERSHIPS.format(more=", is_suspended boolean, used_at timestamptz", values=USED))


def downgrade() -> None:
    _write(MEMBERSHIPS.format(more="", values=""))


def _write(functions: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(functions)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
