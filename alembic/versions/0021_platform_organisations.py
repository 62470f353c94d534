"""Platform admins see to organisations: names, plans, counts and states, and what they do to one. Nothing people wrote.

An admin's own session reads no table of an organisation but its plan: everything else is answered and done by gates,
which look themselves whether the person is one.
"""

from alembic import op

revision = "0021_platform_organisations"
down_revision = "0020_audit_log"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE org ADD suspended_at timestamptz, ADD suspend_reason varchar(500),
  ADD CONSTRAINT ck_org_suspended_with_reason CHECK ((suspended_at IS NULL) = (suspend_reason IS NULL));
CREATE INDEX ix_org_by_name ON org (lower(name), id);
CREATE INDEX ix_org_words ON org USING gin (to_tsvector('simple'::regconfig, name));
"""
DROP_COLUMNS = """
DROP INDEX ix_org_by_name, ix_org_words;
ALTER TABLE org DROP CONSTRAINT ck_org_suspended_with_reason, DROP suspended_at, DROP suspend_reason;
"""

# fmt: off
SEES = {
    #                 what the gates see, and write, besides
    "org":            "SELECT (slug, created_at, settings, legal_hold, suspended_at, suspend_reason, deletion_requested_at),"
                      " UPDATE (settings, legal_hold, suspended_at, suspend_reason, updated_at)",
    "subscription":   "SELECT (org_id, tier, status, trial_ends_at, paddle_subscription_id)",
    "draft_attempt":  "SELECT (draft_id)",
}
# fmt: on
OPEN = ("subscription", "alembic_version")
"""All that an admin's session itself may read of an organisation."""

CLOSE = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT c.relname FROM pg_class c
              WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ({open})
                AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.policyname = 'platform') LOOP
    EXECUTE format('CREATE POLICY platform ON %I AS RESTRICTIVE TO cf_app, cf_worker USING (NOT app_is_platform())', one.relname);
  END LOOP;
END $$"""
BEFORE = (
    "document_version", "comment", "signature", "artifact", "template", "client", "contact", "lead", "project", "invoice",
    "payment", "signer", "approval",
)  # fmt: skip
"""What was closed already."""
REOPEN = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' AND policyname = 'platform'
              AND tablename <> ALL ({before}) LOOP
    EXECUTE format('DROP POLICY platform ON %I', one.tablename);
  END LOOP;
END $$"""

STANDING = """
CREATE FUNCTION gate_standing(p_user_id uuid, p_org_id uuid, p_family_id uuid)
RETURNS TABLE (membership_id uuid, role text, user_name text, is_ended boolean{more})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.id, m.role::text, u.name::text,
         EXISTS (SELECT FROM auth_session s WHERE s.family_id = p_family_id AND s.revoked_at IS NOT NULL){columns}
    FROM membership m JOIN org o ON o.id = m.org_id JOIN app_user u ON u.id = m.user_id
   WHERE m.user_id = p_user_id AND m.org_id = p_org_id AND m.status = 'active'
     AND o.deleted_at IS NULL AND u.deleted_at IS NULL
$$;
"""
STANDING_NOW = STANDING.format(
    more=", org_name text, suspended text", columns=", o.name::text, o.suspend_reason::text"
)
STANDING_BEFORE = STANDING.format(more="", columns="")

GATES = """
-- The words of a name by their beginnings, or the address of a member; `p_after` is the last organisation of the page before.
CREATE FUNCTION gate_platform_find(p_words text, p_after uuid, p_limit int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  after_name text := (SELECT lower(o.name) FROM org o WHERE o.id = p_after);
  wanted tsquery := (SELECT to_tsquery('simple', string_agg(quote_literal(word) || ':*', ' & '))
                       FROM regexp_split_to_table(lower(p_words), '[^[:alnum:]]+') word WHERE word <> '');
BEGIN
  IF NOT gate_is_platform_admin(app_user_id()) THEN
    RETURN;
  ELSIF p_words LIKE '%@%' THEN
    RETURN QUERY SELECT DISTINCT m.org_id FROM app_user u JOIN membership m ON m.user_id = u.id JOIN org o ON o.id = m.org_id
                  WHERE u.email = lower(p_words) AND m.status <> 'removed' AND o.deleted_at IS NULL LIMIT p_limit;
  ELSIF p_words <> '' THEN
    RETURN QUERY SELECT o.id FROM org o
                  WHERE to_tsvector('simple'::regconfig, o.name) @@ wanted AND o.deleted_at IS NULL
                    AND (p_after IS NULL OR (lower(o.name), o.id) > (after_name, p_after))
                  ORDER BY lower(o.name), o.id LIMIT p_limit;
  ELSIF p_after IS NOT NULL THEN
    RETURN QUERY SELECT o.id FROM org o WHERE o.deleted_at IS NULL AND (lower(o.name), o.id) > (after_name, p_after)
                  ORDER BY lower(o.name), o.id LIMIT p_limit;
  ELSE
    RETURN QUERY SELECT o.id FROM org o WHERE o.deleted_at IS NULL ORDER BY lower(o.name), o.id LIMIT p_limit;
  END IF;
END $$;

CREATE FUNCTION gate_platform_organisations(p_ids uuid[], p_since timestamptz)
RETURNS TABLE (id uuid, name text, slug text, created_at timestamptz, suspended_at timestamptz, suspend_reason text,
               legal_hold boolean, deletion_requested_at timestamptz, limits jsonb, tier text, status text,
               trial_ends_at timestamptz, is_billed boolean, owner_name text, owner_email text, seats bigint,
               drafts bigint, documents bigint, sessions bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.id, o.name::text, o.slug::text, o.created_at, o.suspended_at, o.suspend_reason::text, o.legal_hold,
         o.deletion_requested_at, coalesce(o.settings -> 'limits', '{}'), s.tier::text, s.status::text, s.trial_ends_at,
         s.paddle_subscription_id IS NOT NULL, owner.name, owner.email,
         (SELECT count(*) FROM membership m WHERE m.org_id = o.id AND m.status = 'active'),
         (SELECT count(*) FROM draft_job j WHERE j.org_id = o.id AND j.queued_at >= p_since
             AND (j.status NOT IN ('failed', 'cancelled') OR EXISTS (
                   SELECT FROM draft_attempt a WHERE a.org_id = o.id AND a.draft_id = j.id AND a.characters > 0))),
         (SELECT count(*) FROM document d WHERE d.org_id = o.id AND d.deleted_at IS NULL
             AND d.status NOT IN ('paid', 'declined', 'expired', 'voided')),
         (SELECT count(*) FROM auth_session a WHERE a.org_id = o.id AND a.revoked_at IS NULL
             AND a.created_at > now() - interval '12 hours' AND a.last_seen_at > now() - interval '30 minutes')
    FROM org o
    LEFT JOIN subscription s ON s.org_id = o.id AND s.status <> 'canceled'
    LEFT JOIN LATERAL (SELECT u.name::text, u.email::text FROM membership m JOIN app_user u ON u.id = m.user_id
                        WHERE m.org_id = o.id AND m.role = 'owner') owner ON true
   WHERE gate_is_platform_admin(app_user_id()) AND o.id = ANY (p_ids) AND o.deleted_at IS NULL
   ORDER BY lower(o.name), o.id
$$;

-- Whether somebody acts for the organisation of the transaction as what they are: a platform admin.
CREATE FUNCTION gate_acts_for_platform() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT app_is_platform() AND app_org_id() IS NOT NULL AND gate_is_platform_admin(app_user_id())
$$;

-- NULL lifts the suspension. True when that was news.
CREATE FUNCTION gate_platform_suspend(p_reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE org o SET suspend_reason = p_reason, suspended_at = CASE WHEN p_reason IS NOT NULL THEN now() END, updated_at = now()
   WHERE o.id = app_org_id() AND gate_acts_for_platform() AND (o.suspended_at IS NULL) <> (p_reason IS NULL);
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_platform_hold(p_is_held boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE org o SET legal_hold = p_is_held, updated_at = now()
   WHERE o.id = app_org_id() AND gate_acts_for_platform() AND o.legal_hold <> p_is_held;
  RETURN FOUND;
END $$;

-- A limit of the organisation's own: a number, or JSON's null for unlimited; SQL's NULL takes it back to the plan's.
CREATE FUNCTION gate_platform_limit(p_name text, p_limit jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE org o SET updated_at = now(), settings = o.settings || jsonb_build_object('limits',
           coalesce(o.settings -> 'limits', '{}') - p_name
           || CASE WHEN p_limit IS NULL THEN '{}' ELSE jsonb_build_object(p_name, p_limit) END)
   WHERE o.id = app_org_id() AND gate_acts_for_platform()
     AND o.settings -> 'limits' -> p_name IS DISTINCT FROM p_limit;
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_platform_end_sessions(p_reason text) RETURNS TABLE (family_id uuid)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE auth_session s SET revoked_at = now(), revoke_reason = left(p_reason, 80)
   WHERE s.org_id = app_org_id() AND gate_acts_for_platform() AND s.revoked_at IS NULL
     AND s.created_at > now() - interval '12 hours'
  RETURNING s.family_id
$$;
"""
FUNCTIONS = (
    "gate_platform_end_sessions(text)",
    "gate_platform_limit(text, jsonb)",
    "gate_platform_hold(boolean)",
    "gate_platform_suspend(text)",
    "gate_acts_for_platform()",
    "gate_platform_organisations(uuid[], timestamptz)",
    "gate_platform_find(text, uuid, int)",
)
GATE_STANDING = "gate_standing(uuid, uuid, uuid)"


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(CLOSE.format(open=_texts(OPEN)))
    op.execute("CREATE POLICY gate ON subscription TO cf_gate USING (true) WITH CHECK (true)")
    for table, grants in SEES.items():
        op.execute(f"GRANT {grants} ON {table} TO cf_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    _standing(STANDING_NOW)
    op.execute(GATES)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_app")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")


def downgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    _standing(STANDING_BEFORE)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
    op.execute(
        "REVOKE SELECT (org_id, tier, status, trial_ends_at, paddle_subscription_id) ON subscription FROM cf_gate"
    )
    op.execute("REVOKE SELECT (draft_id) ON draft_attempt FROM cf_gate")
    op.execute(
        "REVOKE SELECT (slug, created_at, settings, legal_hold, deletion_requested_at),"
        " UPDATE (settings, legal_hold, updated_at) ON org FROM cf_gate"
    )
    op.execute("DROP POLICY gate ON subscription")
    op.execute(REOPEN.format(before=_texts(BEFORE)))
    op.execute(DROP_COLUMNS)


def _standing(function: str) -> None:
    op.execute(f"DROP FUNCTION {GATE_STANDING}")
    op.execute(function)
    op.execute(f"REVOKE ALL ON FUNCTION {GATE_STANDING} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {GATE_STANDING} TO cf_app, cf_worker")


def _texts(words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"ARRAY[{listed}]::text[]"
