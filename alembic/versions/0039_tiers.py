"""What Paddle bills for an organisation's tier, and what happens when nobody pays: a plan that only reads.

`next_look_at` says when time brings something about; the scheduler asks `gate_due_plans` whose turn it is.
`gate_standing` says for every event whether the organisation only reads; one that never had a plan never does.
"""

from alembic import op

revision = "0039_tiers"
down_revision = "0038_waiting"
branch_labels = None
depends_on = None

STATES = ("trialing", "active", "past_due", "paused", "canceled")
EDGES = [
    ("subscription", "canceled", "active"),
    ("subscription", "canceled", "past_due"),
    ("subscription", "canceled", "paused"),
    ("subscription", "past_due", "read_only"),
    ("subscription", "paused", "past_due"),
    ("subscription", "read_only", "active"),
    ("subscription", "read_only", "canceled"),
    ("subscription", "read_only", "past_due"),
    ("subscription", "read_only", "paused"),
    ("subscription", "read_only", "trialing"),
    ("subscription", "trialing", "read_only"),
]

COLUMNS = """
ALTER TABLE subscription
  ADD COLUMN interval varchar(24),
  ADD COLUMN next_bill_at timestamptz,
  ADD COLUMN next_bill_minor bigint,
  ADD COLUMN bill_currency char(3),
  ADD COLUMN checkout jsonb,
  ADD COLUMN warned_at timestamptz,
  ADD COLUMN ends_with_org boolean DEFAULT false NOT NULL,
  ADD COLUMN next_look_at timestamptz,
  ADD COLUMN looks int DEFAULT 0 NOT NULL,
  ADD CONSTRAINT ck_subscription_interval CHECK (interval IN ('month', 'year')),
  ADD CONSTRAINT ck_subscription_bill_currency_shape CHECK (bill_currency ~ '^[A-Z]{3}$');
CREATE INDEX ix_subscription_next_look_at ON subscription (next_look_at) WHERE next_look_at IS NOT NULL;
"""

DUE = """
CREATE FUNCTION gate_due_plans(p_limit int) RETURNS TABLE (org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.org_id FROM subscription s WHERE s.next_look_at <= now() ORDER BY s.next_look_at LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION gate_due_plans(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_due_plans(int) TO cf_worker;
"""

STANDING = """
DROP FUNCTION gate_standing(uuid, uuid, uuid);
CREATE FUNCTION gate_standing(p_user_id uuid, p_org_id uuid, p_family_id uuid)
RETURNS TABLE (membership_id uuid, role text, user_name text, is_ended boolean, org_name text, suspended text,
               is_closing boolean{more})
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT m.id, m.role::text, u.name::text,
         EXISTS (SELECT FROM auth_session s WHERE s.family_id = p_family_id AND s.revoked_at IS NOT NULL),
         o.name::text, o.suspend_reason::text,
         o.deletion_requested_at IS NOT NULL{value}
    FROM membership m JOIN org o ON o.id = m.org_id JOIN app_user u ON u.id = m.user_id
   WHERE m.user_id = p_user_id AND m.org_id = p_org_id AND m.status = 'active'
     AND o.deleted_at IS NULL AND u.deleted_at IS NULL
$$;
REVOKE ALL ON FUNCTION gate_standing(uuid, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_standing(uuid, uuid, uuid) TO cf_app, cf_worker;
"""
UNPAID = """,
         coalesce((SELECT bool_and(p.status NOT IN ('trialing', 'active', 'past_due'))
                     FROM subscription p WHERE p.org_id = o.id), false)"""


def upgrade() -> None:
    op.execute(COLUMNS)
    _states((*STATES[:4], "read_only", STATES[4]))
    op.execute("UPDATE subscription SET next_look_at = now() WHERE status <> 'canceled'")
    op.execute("GRANT SELECT (next_look_at) ON subscription TO cf_gate")
    _add_edges()
    _as_gate(DUE, STANDING.format(more=", is_unpaid boolean", value=UNPAID))


def downgrade() -> None:
    """The edges stay: no machine is left that walks them. A plan that only reads is past due again."""
    _as_gate("DROP FUNCTION gate_due_plans(int)", STANDING.format(more="", value=""))
    op.execute("REVOKE SELECT (next_look_at) ON subscription FROM cf_gate")
    op.execute("ALTER TABLE subscription DISABLE TRIGGER a_workflow_subscription")
    op.execute("UPDATE subscription SET status = 'past_due' WHERE status = 'read_only'")
    op.execute("ALTER TABLE subscription ENABLE TRIGGER a_workflow_subscription")
    _states(STATES)
    op.execute("DROP INDEX ix_subscription_next_look_at")
    op.execute(
        "ALTER TABLE subscription DROP COLUMN interval, DROP COLUMN next_bill_at, DROP COLUMN next_bill_minor,"
        " DROP COLUMN bill_currency, DROP COLUMN checkout, DROP COLUMN warned_at, DROP COLUMN ends_with_org,"
        " DROP COLUMN next_look_at, DROP COLUMN looks"
    )


def _states(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    op.execute(
        "ALTER TABLE subscription DROP CONSTRAINT ck_subscription_status,"
        f" ADD CONSTRAINT ck_subscription_status CHECK (status IN ({listed}))"
    )


def _add_edges() -> None:
    known = [tuple(edge) for edge in op.get_bind().exec_driver_sql("SELECT * FROM workflow_edges()")]
    every = known + [edge for edge in EDGES if edge not in known]
    values = ",\n".join(f"    ('{machine}', '{source}', '{target}')" for machine, source, target in every)
    op.execute(
        "CREATE OR REPLACE FUNCTION workflow_edges() RETURNS TABLE (machine text, source text, target text)\n"
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ VALUES\n"
        f"{values}\n$$"
    )


def _as_gate(*statements: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    for statement in statements:
        op.execute(statement)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
