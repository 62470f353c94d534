"""What a platform admin may see across organisations: states, counts, times and costs. Never a title, never a text.

The gates look themselves whether the person is one. Acting for an organisation, a platform admin is kept out of
everything its people wrote. Operators lose the columns in which texts stood.
"""

from alembic import op

revision = "0015_platform"
down_revision = "0014_fair_turns"
branch_labels = None
depends_on = None

CONTEXT = """
CREATE FUNCTION app_is_platform() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(current_setting('app.platform', true), '') = 'on';
"""

# What people wrote, and what it is about: closed to somebody who acts for the platform.
CLOSED = (
    "document_version",
    "comment",
    "signature",
    "artifact",
    "template",
    "client",
    "contact",
    "lead",
    "project",
    "invoice",
    "payment",
    "signer",
    "approval",
)

# fmt: off
SEES = {
    #                 what the gates see besides
    "app_user":       "is_platform_admin",
    "draft_job":      "kind, decision, document_id, provider, started_at, finished_at, error_code",
    "draft_attempt":  "org_id, provider, outcome, first_text_ms, tokens_in, tokens_out, cost_micros, characters, ended_at",
}
OPERATORS = {
    #                 what operators see from now on: no title, no brief, no text
    "document":       "id, org_id, client_id, project_id, template_id, parent_id, relation, kind, status, approval_status,"
                      " generation_status, current_version_id, approved_version_id, sent_version_id, currency,"
                      " total_minor, owner_id, expires_at, sent_at, signed_at, paid_at, created_by, created_at,"
                      " updated_at, deleted_at",
    "draft_job":      "id, org_id, document_id, kind, block_id, status, attempt, epoch, cancel_requested, provider, model,"
                      " decision, decided_by, decided_at, lease_owner, lease_expires_at, heartbeat_at, next_attempt_at,"
                      " queued_at, started_at, finished_at, error_code, result_version_id, requested_by",
}
# fmt: on

GATES = """
CREATE FUNCTION gate_is_platform_admin(p_user_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM app_user u WHERE u.id = p_user_id AND u.is_platform_admin AND u.deleted_at IS NULL)
$$;

CREATE FUNCTION gate_platform_drafts(p_limit int)
RETURNS TABLE (org_id uuid, org_name text, id uuid, kind text, status text, attempt int, provider text,
               queued_at timestamptz, started_at timestamptz, is_silent boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT j.org_id, o.name::text, j.id, j.kind::text, j.status::text, j.attempt, j.provider::text, j.queued_at, j.started_at,
         coalesce(j.lease_expires_at < now(), false)
    FROM draft_job j JOIN org o ON o.id = j.org_id
   WHERE gate_is_platform_admin(app_user_id()) AND j.status IN ('queued', 'running', 'retry_wait')
   ORDER BY j.status <> 'running', j.queued_at LIMIT p_limit
$$;

-- Those that somebody could still have tried again: nothing was ordered for the document since.
CREATE FUNCTION gate_platform_failures(p_limit int)
RETURNS TABLE (org_id uuid, org_name text, id uuid, kind text, attempt int, provider text, error_code text,
               finished_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT j.org_id, o.name::text, j.id, j.kind::text, j.attempt, j.provider::text, j.error_code::text, j.finished_at
    FROM draft_job j JOIN org o ON o.id = j.org_id JOIN document d ON d.id = j.document_id
   WHERE gate_is_platform_admin(app_user_id()) AND j.status = 'failed' AND j.queued_at > now() - interval '30 days'
     AND d.status = 'draft' AND d.deleted_at IS NULL AND j.decision = 'open' AND o.deleted_at IS NULL
     AND NOT EXISTS (SELECT FROM draft_job later WHERE later.document_id = j.document_id
                        AND later.kind = j.kind AND later.kind <> 'clause' AND later.queued_at > j.queued_at)
   ORDER BY j.queued_at DESC LIMIT p_limit
$$;

CREATE FUNCTION gate_platform_latency(p_since timestamptz)
RETURNS TABLE (provider text, asked bigint, delivered bigint, p50_ms int, p95_ms int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.provider::text, count(*), count(*) FILTER (WHERE a.outcome = 'ok'),
         percentile_disc(0.5) WITHIN GROUP (ORDER BY a.first_text_ms),
         percentile_disc(0.95) WITHIN GROUP (ORDER BY a.first_text_ms)
    FROM draft_attempt a
   WHERE gate_is_platform_admin(app_user_id()) AND a.ended_at >= p_since AND a.provider IS NOT NULL
     AND a.outcome NOT IN ('skipped', 'interrupted')
   GROUP BY a.provider
$$;

CREATE FUNCTION gate_platform_causes(p_since timestamptz)
RETURNS TABLE (provider text, outcome text, times bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.provider::text, a.outcome::text, count(*) FROM draft_attempt a
   WHERE gate_is_platform_admin(app_user_id()) AND a.ended_at >= p_since AND a.outcome NOT IN ('ok', 'interrupted')
   GROUP BY a.provider, a.outcome ORDER BY count(*) DESC, a.outcome
$$;

CREATE FUNCTION gate_platform_costs(p_since timestamptz, p_limit int)
RETURNS TABLE (org_id uuid, org_name text, attempts bigint, tokens_in bigint, tokens_out bigint, cost_micros bigint,
               unpriced bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.org_id, o.name::text, count(*), coalesce(sum(a.tokens_in), 0)::bigint, coalesce(sum(a.tokens_out), 0)::bigint,
         coalesce(sum(a.cost_micros), 0)::bigint, count(*) FILTER (WHERE a.cost_micros IS NULL AND a.characters > 0)
    FROM draft_attempt a JOIN org o ON o.id = a.org_id
   WHERE gate_is_platform_admin(app_user_id()) AND a.ended_at >= p_since AND a.outcome <> 'skipped'
   GROUP BY a.org_id, o.name ORDER BY sum(a.cost_micros) DESC NULLS LAST, count(*) DESC LIMIT p_limit
$$;
"""
FUNCTIONS = (
    "gate_platform_costs(timestamptz, int)",
    "gate_platform_causes(timestamptz)",
    "gate_platform_latency(timestamptz)",
    "gate_platform_failures(int)",
    "gate_platform_drafts(int)",
    "gate_is_platform_admin(uuid)",
)


def upgrade() -> None:
    op.execute(CONTEXT)
    for table in CLOSED:
        op.execute(
            f"CREATE POLICY platform ON {table} AS RESTRICTIVE TO cf_app, cf_worker USING (NOT app_is_platform())"
        )
    for table, columns in OPERATORS.items():
        op.execute(f"REVOKE SELECT ON {table} FROM cf_ops")
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO cf_ops")
    op.execute("CREATE POLICY gate ON draft_attempt TO cf_gate USING (true) WITH CHECK (true)")
    for table, columns in SEES.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO cf_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(GATES)
    op.execute("GRANT EXECUTE ON FUNCTION audit_append TO cf_owner")  # `contractflow admin promote`
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_app")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute("REVOKE EXECUTE ON FUNCTION audit_append FROM cf_owner")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("SET LOCAL ROLE cf_owner")
    for table, columns in SEES.items():
        op.execute(f"REVOKE SELECT ({columns}) ON {table} FROM cf_gate")
    op.execute("DROP POLICY gate ON draft_attempt")
    for table, columns in OPERATORS.items():
        op.execute(f"REVOKE SELECT ({columns}) ON {table} FROM cf_ops")
        op.execute(f"GRANT SELECT ON {table} TO cf_ops")
    for table in CLOSED:
        op.execute(f"DROP POLICY platform ON {table}")
    op.execute("DROP FUNCTION app_is_platform()")
