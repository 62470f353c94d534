"""Endpoints of other programs, the messages for them, and every attempt.

A message is written in the transaction of the line of the trail that it tells of, by a gate: whoever acts (a client who
signs, a worker) sees no endpoint and makes none. Nothing is kept longer than thirty days.
"""

from alembic import op

revision = "0036_endpoints"
down_revision = "0035_search"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE endpoint (
  id                uuid DEFAULT uuidv7() NOT NULL,
  org_id            uuid NOT NULL,
  created_at        timestamptz DEFAULT now() NOT NULL,
  updated_at        timestamptz DEFAULT now() NOT NULL,
  channel           varchar(24) NOT NULL,
  name              varchar(80) NOT NULL,
  shown             varchar(300) NOT NULL,
  target_enc        bytea,
  secret_enc        bytea,
  former_secret_enc bytea,
  former_until      timestamptz,
  events            jsonb DEFAULT '[]'::jsonb NOT NULL,
  status            varchar(24) DEFAULT 'active' NOT NULL,
  why_paused        varchar(300) DEFAULT '' NOT NULL,
  failures          int DEFAULT 0 NOT NULL,
  failing_since     timestamptz,
  rests_until       timestamptz,
  succeeded_at      timestamptz,
  CONSTRAINT pk_endpoint PRIMARY KEY (id),
  CONSTRAINT uq_endpoint_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_endpoint_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT ck_endpoint_channel CHECK (channel IN ('webhook', 'slack')),
  CONSTRAINT ck_endpoint_status CHECK (status IN ('active', 'paused', 'removed')),
  CONSTRAINT ck_endpoint_failures_not_negative CHECK (failures >= 0),
  CONSTRAINT ck_endpoint_former_secret_ends CHECK (num_nonnulls(former_secret_enc, former_until) <> 1),
  CONSTRAINT ck_endpoint_removed_keeps_no_secret
    CHECK (status <> 'removed' OR num_nonnulls(target_enc, secret_enc, former_secret_enc) = 0),
  CONSTRAINT ck_endpoint_has_its_secrets
    CHECK (status = 'removed' OR (target_enc IS NOT NULL AND (channel = 'webhook') = (secret_enc IS NOT NULL))));

CREATE TABLE delivery (
  id              uuid DEFAULT uuidv7() NOT NULL,
  org_id          uuid NOT NULL,
  created_at      timestamptz DEFAULT now() NOT NULL,
  endpoint_id     uuid NOT NULL,
  seq             bigint NOT NULL,
  event           varchar(80) NOT NULL,
  status          varchar(24) DEFAULT 'queued' NOT NULL,
  attempts        int DEFAULT 0 NOT NULL,
  next_attempt_at timestamptz DEFAULT now() NOT NULL,
  body            text,
  finished_at     timestamptz,
  CONSTRAINT pk_delivery PRIMARY KEY (id),
  CONSTRAINT uq_delivery_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_delivery_org_id_endpoint_id_seq UNIQUE (org_id, endpoint_id, seq),
  CONSTRAINT fk_delivery_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_delivery_org_id_endpoint_id FOREIGN KEY (org_id, endpoint_id) REFERENCES endpoint (org_id, id),
  CONSTRAINT fk_delivery_org_id_seq FOREIGN KEY (org_id, seq) REFERENCES audit_event (org_id, seq),
  CONSTRAINT ck_delivery_attempts_not_negative CHECK (attempts >= 0),
  CONSTRAINT ck_delivery_status CHECK (status IN ('queued', 'delivered', 'dead')));
CREATE INDEX ix_delivery_due ON delivery (next_attempt_at) WHERE status = 'queued';
CREATE INDEX ix_delivery_log ON delivery (org_id, endpoint_id, id);
CREATE INDEX ix_delivery_org_id_seq ON delivery (org_id, seq);
CREATE INDEX ix_delivery_old ON delivery (created_at);

CREATE TABLE delivery_attempt (
  id          uuid DEFAULT uuidv7() NOT NULL,
  org_id      uuid NOT NULL,
  created_at  timestamptz DEFAULT now() NOT NULL,
  delivery_id uuid NOT NULL,
  answered    int,
  took_ms     int NOT NULL,
  said        varchar(500) DEFAULT '' NOT NULL,
  CONSTRAINT pk_delivery_attempt PRIMARY KEY (id),
  CONSTRAINT uq_delivery_attempt_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_delivery_attempt_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_delivery_attempt_org_id_delivery_id FOREIGN KEY (org_id, delivery_id) REFERENCES delivery (org_id, id),
  CONSTRAINT ck_delivery_attempt_took_ms_not_negative CHECK (took_ms >= 0));
CREATE INDEX ix_delivery_attempt_org_id_delivery_id ON delivery_attempt (org_id, delivery_id);
"""

# fmt: off
GRANTS = {
    #                    the app and the workers                     what the gates see, write and erase
    "endpoint":         ("SELECT, INSERT, UPDATE",                   "SELECT (id, org_id, status, events, rests_until), DELETE"),
    "delivery":         ("SELECT, UPDATE (status, attempts, next_attempt_at, body, finished_at)",
                         "SELECT (id, org_id, endpoint_id, seq, event, status, next_attempt_at, created_at),"
                         " INSERT (org_id, endpoint_id, seq, event), DELETE"),
    "delivery_attempt": ("SELECT, INSERT",                           "SELECT (org_id, delivery_id), DELETE"),
}
# fmt: on

EDGES = [
    ("endpoint", "active", "paused"),
    ("endpoint", "active", "removed"),
    ("endpoint", "paused", "active"),
    ("endpoint", "paused", "removed"),
]

# With the organisation, whose secrets and messages are nobody's any more. It runs inside the gate that erases.
ERASES = """
CREATE FUNCTION erase_endpoints() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM delivery_attempt WHERE org_id = NEW.id;
  DELETE FROM delivery WHERE org_id = NEW.id;
  DELETE FROM endpoint WHERE org_id = NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION erase_endpoints() FROM PUBLIC;
CREATE TRIGGER erase_endpoints AFTER UPDATE OF deleted_at ON org
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION erase_endpoints();
"""

GATES = """
-- One message for every endpoint that chose the event of this line of the trail; a test goes where it is about.
CREATE FUNCTION gate_tell_endpoints(p_seq bigint, p_event text, p_entity_id uuid) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO delivery (org_id, endpoint_id, seq, event)
  SELECT e.org_id, e.id, p_seq, p_event FROM endpoint e
   WHERE e.org_id = app_org_id() AND CASE WHEN p_event = 'endpoint.test' THEN e.id = p_entity_id AND e.status <> 'removed'
         ELSE e.status = 'active' AND e.events ? p_event END
  ON CONFLICT (org_id, endpoint_id, seq) DO NOTHING
  RETURNING endpoint_id
$$;

CREATE FUNCTION gate_due_deliveries(p_limit int) RETURNS TABLE (org_id uuid, endpoint_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT d.org_id, d.endpoint_id FROM delivery d JOIN endpoint e ON e.id = d.endpoint_id
   WHERE d.status = 'queued' AND d.next_attempt_at <= now()
     AND (e.status = 'active' OR d.event = 'endpoint.test')
     AND (e.rests_until IS NULL OR e.rests_until <= now())
   GROUP BY d.org_id, d.endpoint_id ORDER BY min(d.next_attempt_at) LIMIT p_limit
$$;

-- The log is kept for thirty days; how many messages went.
CREATE FUNCTION gate_forget_deliveries(p_limit int) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  WITH old AS MATERIALIZED (
    SELECT d.id FROM delivery d WHERE d.created_at < now() - interval '30 days' ORDER BY d.created_at LIMIT p_limit),
  tried AS (DELETE FROM delivery_attempt a USING old WHERE a.delivery_id = old.id),
  gone AS (DELETE FROM delivery d USING old WHERE d.id = old.id RETURNING 1)
  SELECT count(*)::int FROM gone
$$;
"""
# fmt: off
FUNCTIONS = {
    "gate_forget_deliveries(int)":              "cf_worker",
    "gate_due_deliveries(int)":                 "cf_worker",
    "gate_tell_endpoints(bigint, text, uuid)":  "cf_app, cf_worker",
}
# fmt: on


def upgrade() -> None:
    op.execute(TABLES)
    for table, (grants, gates) in GRANTS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY migrations ON {table} TO cf_owner USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY gate ON {table} TO cf_gate USING (true) WITH CHECK (true)")
        op.execute(
            f"CREATE POLICY tenant ON {table} TO cf_app, cf_worker"
            " USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id())"
        )
        op.execute(
            f"CREATE POLICY signer ON {table} AS RESTRICTIVE TO cf_app, cf_worker"
            " USING (app_document_id() IS NULL) WITH CHECK (app_document_id() IS NULL)"
        )
        op.execute(
            f"CREATE POLICY platform ON {table} AS RESTRICTIVE TO cf_app, cf_worker USING (NOT app_is_platform())"
        )
        op.execute(f"GRANT {grants} ON {table} TO cf_app, cf_worker")
        op.execute(f"GRANT {gates} ON {table} TO cf_gate")
    add_edges()
    for moment, name in (("UPDATE OF status", ""), ("INSERT", "_starts")):
        op.execute(
            f"CREATE TRIGGER a_workflow_endpoint{name} BEFORE {moment} ON endpoint"
            " FOR EACH ROW EXECUTE FUNCTION workflow_guard('endpoint', 'status', 'active')"
        )
    op.execute(ERASES)
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(GATES)
    for function, roles in FUNCTIONS.items():
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {roles}")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")


def add_edges() -> None:
    known = [tuple(edge) for edge in op.get_bind().exec_driver_sql("SELECT * FROM workflow_edges()")]
    every = known + [edge for edge in EDGES if edge not in known]
    values = ",\n".join(f"    ('{machine}', '{source}', '{target}')" for machine, source, target in every)
    op.execute(
        "CREATE OR REPLACE FUNCTION workflow_edges() RETURNS TABLE (machine text, source text, target text)\n"
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ VALUES\n"
        f"{values}\n$$"
    )


def downgrade() -> None:
    """The edges stay: no machine is left that walks them."""
    op.execute("SET LOCAL ROLE cf_gate")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("DROP TRIGGER erase_endpoints ON org")
    op.execute("DROP FUNCTION erase_endpoints()")
    op.execute("DROP TABLE delivery_attempt, delivery, endpoint")
