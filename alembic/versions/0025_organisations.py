"""Where something is, for who is a member there as well; and whether an organisation is being deleted.

`gate_standing` is asked for every event: that an organisation only reads is one more column of it.
"""

from alembic import op

revision = "0025_organisations"
down_revision = "0024_closed_to_the_platform"
branch_labels = None
depends_on = None

STANDING = """
DROP FUNCTION gate_standing(uuid, uuid, uuid);
CREATE FUNCTION gate_standing(p_user_id uuid, p_org_id uuid, p_family_id uuid)
RETURNS TABLE (membership_id uuid, role text, user_name text, is_ended boolean, org_name text, suspended text{more})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.id, m.role::text, u.name::text,
         EXISTS (SELECT FROM auth_session s WHERE s.family_id = p_family_id AND s.revoked_at IS NOT NULL),
         o.name::text, o.suspend_reason::text{value}
    FROM membership m JOIN org o ON o.id = m.org_id JOIN app_user u ON u.id = m.user_id
   WHERE m.user_id = p_user_id AND m.org_id = p_org_id AND m.status = 'active'
     AND o.deleted_at IS NULL AND u.deleted_at IS NULL
$$;
REVOKE ALL ON FUNCTION gate_standing(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_standing(uuid, uuid, uuid) TO cf_app, cf_worker;
"""

# Answers about the person of the session only, and nothing that they could not open after switching.
WHEREABOUTS = """
CREATE FUNCTION gate_whereabouts(p_kind text, p_id uuid) RETURNS TABLE (org_id uuid, org_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.id, o.name::text FROM membership m JOIN org o ON o.id = m.org_id
   WHERE m.user_id = app_user_id() AND m.status = 'active' AND o.deleted_at IS NULL
     AND o.id = CASE p_kind
           WHEN 'documents' THEN (SELECT d.org_id FROM document d WHERE d.id = p_id AND d.deleted_at IS NULL)
           WHEN 'invoices' THEN (SELECT i.org_id FROM invoice i WHERE i.id = p_id)
           WHEN 'organisations' THEN p_id END
$$;
REVOKE ALL ON FUNCTION gate_whereabouts(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_whereabouts(text, uuid) TO cf_app, cf_worker;
"""


def upgrade() -> None:
    as_gate(
        STANDING.format(more=", is_closing boolean", value=",\n         o.deletion_requested_at IS NOT NULL"),
        WHEREABOUTS,
    )


def downgrade() -> None:
    as_gate("DROP FUNCTION gate_whereabouts(text, uuid)", STANDING.format(more="", value=""))


def as_gate(*statements: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    for statement in statements:
        op.execute(statement)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
