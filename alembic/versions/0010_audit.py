"""The audit trail: a chain of hashes per organisation that the app can lengthen and read, and nobody can change.

Each event's hash covers the one before and the exact text stored with it, so that a verifier only hashes bytes.
What the database cannot show by itself is the whole chain written anew: therefore every sealed PDF prints its head.
"""

from alembic import op

revision = "0010_audit"
down_revision = "0009_workflow_edges"
branch_labels = None
depends_on = None

WRITES = """
GRANT SELECT, INSERT, UPDATE (seq, hash) ON audit_head TO cf_gate;
GRANT INSERT ON audit_event TO cf_gate;
CREATE POLICY gate ON audit_head TO cf_gate USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id());
CREATE POLICY gate ON audit_event TO cf_gate USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id());
"""

FACTS = """
CREATE FUNCTION audit_genesis(p_org uuid) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN sha256(convert_to('contractflow-audit-v1:' || p_org::text, 'UTF8'));

CREATE FUNCTION audit_facts(e audit_event) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
  RETURN jsonb_build_object(
    'v', 1, 'org', e.org_id, 'seq', e.seq,
    'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor', jsonb_build_object('kind', e.actor_kind, 'id', e.actor_id, 'label', e.actor_label),
    'action', e.action, 'entity', e.entity, 'entity_id', e.entity_id, 'document', e.document_id,
    'ip', host(e.ip), 'agent', e.user_agent, 'data', e.data);
"""

# The organisation comes from the transaction, never from an argument. The lock on the head is held until the commit:
# callers append last.
APPEND = """
CREATE FUNCTION audit_append(
  p_actor_kind text, p_actor_id uuid, p_actor_label text, p_action text, p_entity text, p_entity_id uuid,
  p_document_id uuid, p_ip text, p_user_agent text, p_data jsonb
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  head audit_head;
  event audit_event;
BEGIN
  IF app_org_id() IS NULL THEN
    RAISE EXCEPTION 'no organisation to write a trail for' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO audit_head (org_id, hash) VALUES (app_org_id(), audit_genesis(app_org_id())) ON CONFLICT DO NOTHING;
  SELECT * INTO STRICT head FROM audit_head WHERE org_id = app_org_id() FOR NO KEY UPDATE;
  event.org_id := head.org_id;
  event.seq := head.seq + 1;
  event.at := clock_timestamp();
  event.actor_kind := p_actor_kind;
  event.actor_id := p_actor_id;
  event.actor_label := p_actor_label;
  event.action := p_action;
  event.entity := p_entity;
  event.entity_id := p_entity_id;
  event.document_id := p_document_id;
  event.ip := nullif(p_ip, '')::inet;
  event.user_agent := p_user_agent;
  event.data := coalesce(p_data, '{}');
  event.canonical := audit_facts(event)::text;
  event.prev_hash := head.hash;
  event.hash := sha256(event.prev_hash || convert_to(event.canonical, 'UTF8'));
  INSERT INTO audit_event SELECT event.*;
  UPDATE audit_head SET seq = event.seq, hash = event.hash WHERE org_id = head.org_id;
  RETURN event.seq;
END $$;
"""

VERIFY = """
CREATE FUNCTION audit_verify(p_org uuid) RETURNS TABLE (ok boolean, events bigint, bad_seq bigint, reason text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  WITH chain AS (
    SELECT e.seq, e.hash, CASE
             WHEN e.seq <> coalesce(lag(e.seq) OVER w, 0) + 1 THEN 'an event is missing before this one'
             WHEN e.prev_hash <> coalesce(lag(e.hash) OVER w, audit_genesis(p_org)) THEN 'does not follow the event before'
             WHEN e.hash <> sha256(e.prev_hash || convert_to(e.canonical, 'UTF8')) THEN 'the hashed text was changed'
             WHEN e.canonical::jsonb <> audit_facts(e) THEN 'a column differs from the hashed text'
           END AS reason
      FROM audit_event e WHERE e.org_id = p_org WINDOW w AS (ORDER BY e.seq)),
  tail AS (SELECT c.seq, c.hash FROM chain c ORDER BY c.seq DESC LIMIT 1),
  head AS (SELECT h.seq, h.hash FROM audit_head h WHERE h.org_id = p_org),
  wrong AS (
    SELECT c.seq, c.reason FROM chain c WHERE c.reason IS NOT NULL
    UNION ALL
    SELECT coalesce(h.seq, t.seq), 'the newest events are missing or were added behind the head'
      FROM head h FULL JOIN tail t ON true WHERE (h.seq, h.hash) IS DISTINCT FROM (t.seq, t.hash)),
  first AS (SELECT w.seq, w.reason FROM wrong w ORDER BY w.seq LIMIT 1)
  SELECT NOT EXISTS (SELECT FROM first), (SELECT count(*) FROM chain),
         (SELECT f.seq FROM first f), (SELECT f.reason FROM first f)
$$;
"""

APPEND_ONLY = """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME;
END $$;
"""
FOREVER = ("audit_event", "document_version", "signature")


def upgrade() -> None:
    op.execute(WRITES)
    op.execute(FACTS)
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(APPEND)
    op.execute("REVOKE ALL ON FUNCTION audit_append FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION audit_append TO cf_app, cf_worker")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
    op.execute(VERIFY)
    op.execute("REVOKE ALL ON FUNCTION audit_verify(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION audit_verify(uuid) TO cf_app, cf_worker, cf_ops")
    op.execute(APPEND_ONLY)
    op.execute("REVOKE ALL ON FUNCTION append_only() FROM PUBLIC")
    for table in FOREVER:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        op.execute(
            f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )


def downgrade() -> None:
    for table in FOREVER:
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(f"DROP TRIGGER append_only_truncate ON {table}")
    op.execute("DROP FUNCTION append_only(), audit_verify(uuid)")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute("DROP FUNCTION audit_append")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("DROP FUNCTION audit_facts(audit_event), audit_genesis(uuid)")
    op.execute("DROP POLICY gate ON audit_head")
    op.execute("DROP POLICY gate ON audit_event")
    op.execute("REVOKE ALL ON audit_head, audit_event FROM cf_gate")
    op.execute("REVOKE UPDATE (seq, hash) ON audit_head FROM cf_gate")
