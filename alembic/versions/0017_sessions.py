"""Sessions that are listed and ended: one's own everywhere, a member's within the organisation.

Redis decides who is signed in. That a session was ended stands here as well, and is asked with every event: also when
Redis was away at that moment, or comes back with what it knew before.
"""

from alembic import op

revision = "0017_sessions"
down_revision = "0016_signers_write_less"
branch_labels = None
depends_on = None

SEES = "SELECT (user_id, org_id, ip, user_agent, created_at, last_seen_at), UPDATE (last_seen_at)"

GATES = """
-- A member as they are at this moment, and whether the session they act with was ended.
CREATE FUNCTION gate_standing(p_user_id uuid, p_org_id uuid, p_family_id uuid)
RETURNS TABLE (membership_id uuid, role text, user_name text, is_ended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.id, m.role::text, u.name::text,
         EXISTS (SELECT FROM auth_session s WHERE s.family_id = p_family_id AND s.revoked_at IS NOT NULL)
    FROM membership m JOIN org o ON o.id = m.org_id JOIN app_user u ON u.id = m.user_id
   WHERE m.user_id = p_user_id AND m.org_id = p_org_id AND m.status = 'active'
     AND o.deleted_at IS NULL AND u.deleted_at IS NULL
$$;

CREATE FUNCTION gate_session_seen(p_family_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE auth_session SET last_seen_at = now() WHERE family_id = p_family_id AND revoked_at IS NULL
$$;

-- Of these, the ones that somebody ended.
CREATE FUNCTION gate_sessions_ended(p_families uuid[]) RETURNS TABLE (family_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.family_id FROM auth_session s WHERE s.family_id = ANY (p_families) AND s.revoked_at IS NOT NULL
$$;

-- One's own, in every organisation. No session lives longer than half a day.
CREATE FUNCTION gate_own_sessions()
RETURNS TABLE (family_id uuid, org_name text, ip inet, user_agent text, created_at timestamptz, last_seen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.family_id, o.name::text, s.ip, s.user_agent::text, s.created_at, s.last_seen_at
    FROM auth_session s LEFT JOIN org o ON o.id = s.org_id
   WHERE s.user_id = app_user_id() AND s.revoked_at IS NULL AND s.created_at > now() - interval '12 hours'
   ORDER BY s.last_seen_at DESC, s.family_id LIMIT 100
$$;

-- Of the whole organisation, for who ends a colleague's: whose, and how many.
CREATE FUNCTION gate_colleagues_sessions() RETURNS TABLE (user_id uuid, family_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.user_id, s.family_id FROM auth_session s
   WHERE s.org_id = app_org_id() AND s.revoked_at IS NULL AND s.created_at > now() - interval '12 hours'
$$;

-- One's own anywhere, another's only within the organisation. `p_family_id` NULL means all, but for `p_except`.
CREATE FUNCTION gate_end_sessions(p_user_id uuid, p_family_id uuid, p_except uuid, p_reason text)
RETURNS TABLE (family_id uuid, user_agent text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE auth_session s SET revoked_at = now(), revoke_reason = left(p_reason, 80)
   WHERE s.user_id = p_user_id AND s.revoked_at IS NULL AND (p_user_id = app_user_id() OR s.org_id = app_org_id())
     AND (p_family_id IS NULL OR s.family_id = p_family_id) AND s.family_id IS DISTINCT FROM p_except
  RETURNING s.family_id, s.user_agent::text
$$;

-- Everywhere, for who has just proved by mail who they are: a new password.
CREATE FUNCTION gate_end_all_sessions(p_user_id uuid, p_except uuid, p_reason text) RETURNS TABLE (family_id uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE auth_session s SET revoked_at = now(), revoke_reason = left(p_reason, 80)
   WHERE s.user_id = p_user_id AND s.revoked_at IS NULL AND s.family_id IS DISTINCT FROM p_except
  RETURNING s.family_id
$$;

-- Whether this was the first to end it: several processes notice a copied cookie.
CREATE FUNCTION gate_session_copied(p_family_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE auth_session SET revoked_at = now(), revoke_reason = 'its cookie was copied'
   WHERE family_id = p_family_id AND revoked_at IS NULL;
  RETURN FOUND;
END $$;
"""
FUNCTIONS = (
    "gate_session_copied(uuid)",
    "gate_end_all_sessions(uuid, uuid, text)",
    "gate_end_sessions(uuid, uuid, uuid, text)",
    "gate_colleagues_sessions()",
    "gate_own_sessions()",
    "gate_sessions_ended(uuid[])",
    "gate_session_seen(uuid)",
    "gate_standing(uuid, uuid, uuid)",
)


def upgrade() -> None:
    op.execute(f"GRANT {SEES} ON auth_session TO cf_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(GATES)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_app, cf_worker")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE cf_gate")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute(f"REVOKE {SEES} ON auth_session FROM cf_gate")
