"""The audit log read by person, by kind of action and by time; and which head of the chain each mail carried out."""

from alembic import op

revision = "0020_audit_log"
down_revision = "0019_membership"
branch_labels = None
depends_on = None

# A mail is out of our hands: the head it carries shows if the whole chain is ever written anew.
HEADS = """
ALTER TABLE notification ADD COLUMN chain_seq bigint, ADD COLUMN chain_hash bytea,
  ADD CONSTRAINT ck_notification_chain_whole CHECK (num_nonnulls(chain_seq, chain_hash) <> 1),
  ADD CONSTRAINT ck_notification_chain_hash_size CHECK (octet_length(chain_hash) = 32);
CREATE INDEX ix_notification_head ON notification (org_id, chain_seq) WHERE chain_seq IS NOT NULL;
CREATE INDEX ix_artifact_sealed ON artifact (org_id, id) WHERE kind = 'sealed_pdf';
"""

READING = """
CREATE INDEX ix_audit_event_person ON audit_event (org_id, actor_id, seq) WHERE actor_id IS NOT NULL;
CREATE INDEX ix_audit_event_action ON audit_event (org_id, action, seq);
CREATE INDEX ix_audit_event_time ON audit_event (org_id, at, seq);
"""

# `cf audit verify` compares with what left the house: of a file it sees what its seal prints, never what it says.
OPERATORS = """
CREATE POLICY operators ON artifact FOR SELECT TO cf_ops USING (true);
GRANT SELECT (org_id, id, kind, seal, created_at) ON artifact TO cf_ops;
"""

# Events that somebody put behind the head, or a head that was turned back, used to make every append fail: now the
# trail goes on behind them, the agency can work, and the place that does not fit stays there for whoever verifies.
APPEND = """
CREATE OR REPLACE FUNCTION audit_append(
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
  event.seq := {next};
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
BEHIND_ALL = "greatest(head.seq, (SELECT max(e.seq) FROM audit_event e WHERE e.org_id = head.org_id)) + 1"

# A text that is no JSON any more has been changed as well: it is an answer, not an error.
VERIFY = """
CREATE OR REPLACE FUNCTION audit_verify(p_org uuid) RETURNS TABLE (ok boolean, events bigint, bad_seq bigint, reason text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  WITH chain AS (
    SELECT e.seq, e.hash, CASE
             WHEN e.seq <> coalesce(lag(e.seq) OVER w, 0) + 1 THEN 'an event is missing before this one'
             WHEN e.prev_hash <> coalesce(lag(e.hash) OVER w, audit_genesis(p_org)) THEN 'does not follow the event before'
             WHEN e.hash <> sha256(e.prev_hash || convert_to(e.canonical, 'UTF8')) THEN 'the hashed text was changed'
             {otherwise}WHEN e.canonical::jsonb <> audit_facts(e) THEN 'a column differs from the hashed text'
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
IS_JSON = "WHEN e.canonical IS NOT JSON THEN 'a column differs from the hashed text'\n             "


def upgrade() -> None:
    op.execute(HEADS)
    op.execute(READING)
    op.execute(OPERATORS)
    op.execute(VERIFY.format(otherwise=IS_JSON))
    op.execute("GRANT SELECT (org_id, seq) ON audit_event TO cf_gate")
    _as_gate(APPEND.replace("{next}", BEHIND_ALL))


def downgrade() -> None:
    _as_gate(APPEND.replace("{next}", "head.seq + 1"))
    op.execute("REVOKE SELECT (org_id, seq) ON audit_event FROM cf_gate")
    op.execute(VERIFY.format(otherwise=""))
    op.execute("REVOKE SELECT (org_id, id, kind, seal, created_at) ON artifact FROM cf_ops")
    op.execute("DROP POLICY operators ON artifact")
    op.execute("DROP INDEX ix_audit_event_person, ix_audit_event_action, ix_audit_event_time")
    op.execute("DROP INDEX ix_artifact_sealed")
    op.execute("ALTER TABLE notification DROP COLUMN chain_seq, DROP COLUMN chain_hash")


def _as_gate(statement: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statement)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
