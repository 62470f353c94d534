"""Approvals in steps: policies, what a submission froze of one, reminders, and an override that says why.

A round of the time before has no row; it is what it always was: one step, of the owner and the admins.
"""

from alembic import op

revision = "0040_approval_policies"
down_revision = "0039_tiers"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE approval_policy (
  id             uuid DEFAULT uuidv7() NOT NULL,
  org_id         uuid NOT NULL,
  name           varchar(120) NOT NULL,
  position       int NOT NULL,
  rules          jsonb DEFAULT '[]'::jsonb NOT NULL,
  steps          jsonb DEFAULT '[]'::jsonb NOT NULL,
  remind_after   jsonb DEFAULT '[]'::jsonb NOT NULL,
  escalate_after int DEFAULT 7 NOT NULL,
  version        int DEFAULT 1 NOT NULL,
  removed_at     timestamptz,
  created_at     timestamptz DEFAULT now() NOT NULL,
  updated_at     timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT pk_approval_policy PRIMARY KEY (id),
  CONSTRAINT uq_approval_policy_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_approval_policy_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT ck_approval_policy_version_positive CHECK (version > 0),
  CONSTRAINT ck_approval_policy_escalate_after_positive CHECK (escalate_after > 0));
CREATE INDEX ix_approval_policy_order ON approval_policy (org_id, position, id) WHERE removed_at IS NULL;

CREATE TABLE approval_round (
  id              uuid DEFAULT uuidv7() NOT NULL,
  org_id          uuid NOT NULL,
  document_id     uuid NOT NULL,
  version_id      uuid NOT NULL,
  round           int NOT NULL,
  step            int DEFAULT 1 NOT NULL,
  policy_id       uuid,
  policy_name     varchar(120) NOT NULL,
  policy_version  int DEFAULT 1 NOT NULL,
  why             text DEFAULT '' NOT NULL,
  steps           jsonb NOT NULL,
  remind_after    jsonb DEFAULT '[]'::jsonb NOT NULL,
  escalate_after  int DEFAULT 7 NOT NULL,
  reminded_at     timestamptz,
  overridden_at   timestamptz,
  overridden_by   uuid,
  override_reason text,
  created_at      timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT pk_approval_round PRIMARY KEY (id),
  CONSTRAINT uq_approval_round_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_approval_round_org_id_document_id_round UNIQUE (org_id, document_id, round),
  CONSTRAINT fk_approval_round_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_approval_round_org_id_document_id_version_id
    FOREIGN KEY (org_id, document_id, version_id) REFERENCES document_version (org_id, document_id, id),
  CONSTRAINT fk_approval_round_org_id_policy_id FOREIGN KEY (org_id, policy_id) REFERENCES approval_policy (org_id, id),
  CONSTRAINT fk_approval_round_org_id_overridden_by FOREIGN KEY (org_id, overridden_by) REFERENCES membership (org_id, id),
  CONSTRAINT ck_approval_round_round_positive CHECK (round > 0),
  CONSTRAINT ck_approval_round_step_positive CHECK (step > 0),
  CONSTRAINT ck_approval_round_escalate_after_positive CHECK (escalate_after > 0),
  CONSTRAINT ck_approval_round_step_is_there CHECK (jsonb_array_length(steps) >= step),
  CONSTRAINT ck_approval_round_override_explained CHECK ((overridden_at IS NULL) = (overridden_by IS NULL)
    AND (overridden_at IS NULL) = (override_reason IS NULL)));
CREATE INDEX ix_approval_round_org_id_document_id_version_id ON approval_round (org_id, document_id, version_id);
CREATE INDEX ix_approval_round_org_id_policy_id ON approval_round (org_id, policy_id);
CREATE INDEX ix_approval_round_org_id_overridden_by ON approval_round (org_id, overridden_by);
"""

SECURITY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON {table} TO cf_owner USING (true) WITH CHECK (true);
CREATE POLICY tenant ON {table} TO cf_app, cf_worker USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id());
CREATE POLICY signer ON {table} AS RESTRICTIVE TO cf_app, cf_worker
  USING (app_document_id() IS NULL) WITH CHECK (app_document_id() IS NULL);
CREATE POLICY platform ON {table} AS RESTRICTIVE TO cf_app, cf_worker USING (NOT app_is_platform());
CREATE POLICY operators ON {table} FOR SELECT TO cf_ops USING (true);
CREATE POLICY gate ON {table} TO cf_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON {table} TO cf_app, cf_worker;
GRANT SELECT ({seen}) ON {table} TO cf_ops;
GRANT DELETE, SELECT (org_id) ON {table} TO cf_gate;
"""

OPERATORS_SEE = {
    "approval_policy": "id, org_id, position, version, escalate_after, removed_at, created_at, updated_at",
    "approval_round": "id, org_id, document_id, version_id, round, step, policy_id, policy_version, escalate_after,"
    " reminded_at, overridden_at, created_at",
}
"""Counts and states; no names, no rules, no reasons."""

# Somebody who passed a request on may be asked again; nobody is asked twice at a time.
REQUESTS = """
ALTER TABLE approval DROP CONSTRAINT uq_approval_document_id_round_step_approver_id,
  ADD remind_at timestamptz, ADD reminders int DEFAULT 0 NOT NULL,
  ADD CONSTRAINT ck_approval_reminders_not_negative CHECK (reminders >= 0);
CREATE UNIQUE INDEX uq_approval_asked ON approval (document_id, round, step, approver_id) WHERE decision <> 'skipped';
CREATE INDEX ix_approval_remind ON approval (remind_at) WHERE decision = 'pending';
"""
REQUESTS_BEFORE = """
DROP INDEX uq_approval_asked, ix_approval_remind;
DELETE FROM approval a USING approval b WHERE a.decision = 'skipped' AND a.document_id = b.document_id
  AND a.round = b.round AND a.step = b.step AND a.approver_id = b.approver_id AND a.id <> b.id
  AND (b.decision <> 'skipped' OR b.id > a.id);
ALTER TABLE approval DROP COLUMN remind_at, DROP COLUMN reminders,
  ADD CONSTRAINT uq_approval_document_id_round_step_approver_id UNIQUE (document_id, round, step, approver_id);
"""

FROZEN = """
CREATE FUNCTION approval_round_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.org_id, NEW.document_id, NEW.version_id, NEW.round, NEW.policy_version, NEW.steps)
     IS DISTINCT FROM
     (OLD.org_id, OLD.document_id, OLD.version_id, OLD.round, OLD.policy_version, OLD.steps)
     OR NEW.policy_id IS NOT NULL AND NEW.policy_id IS DISTINCT FROM OLD.policy_id
     OR NEW.step < OLD.step
     OR OLD.overridden_at IS NOT NULL AND (NEW.overridden_at, NEW.overridden_by, NEW.override_reason)
        IS DISTINCT FROM (OLD.overridden_at, OLD.overridden_by, OLD.override_reason) THEN
    PERFORM refuse('approval_round_frozen', 'what a submission asked for stands');
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION approval_round_guard() FROM PUBLIC;
CREATE TRIGGER b_approval_round_guard BEFORE UPDATE ON approval_round
  FOR EACH ROW EXECUTE FUNCTION approval_round_guard();
"""

# The same as before but for the approval: every step of the round, not only those that were opened; or an override.
CONSISTENT = """
CREATE OR REPLACE FUNCTION document_consistent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  d document;
  v document_version;
BEGIN
  SELECT * INTO d FROM document WHERE id = NEW.id;
  SELECT * INTO v FROM document_version WHERE id = d.current_version_id;
  IF FOUND AND (v.total_minor, v.content::jsonb ->> 'currency') IS DISTINCT FROM (d.total_minor, d.currency::text) THEN
    PERFORM refuse('document_shows_version', 'total or currency differ from those of the current version');
  END IF;
  IF d.approval_status = 'approved'{unless} AND (
    NOT EXISTS (SELECT FROM approval a WHERE a.document_id = d.id AND a.round = d.approval_round)
    OR EXISTS (
      SELECT FROM approval a WHERE a.document_id = d.id AND a.round = d.approval_round GROUP BY a.step
      HAVING count(*) FILTER (WHERE a.decision = 'approved' AND a.version_id = d.approved_version_id) < max(a.required)){all_steps}
  ) AND app_document_id() IS NULL THEN
    PERFORM refuse('approval_complete', 'not every step has approved exactly this version');
  END IF;
  IF d.status = 'sent' AND NOT EXISTS (
    SELECT FROM signer s WHERE s.document_id = d.id AND s.role = 'signer' AND s.status NOT IN ('removed', 'delegated')
  ) THEN
    PERFORM refuse('sent_has_signer', 'nobody is asked to sign');
  END IF;
  IF d.status IN ('signed', 'paid') AND (
    NOT EXISTS (SELECT FROM signature g WHERE g.document_id = d.id)
    OR EXISTS (
      SELECT FROM signer s WHERE s.document_id = d.id AND s.role = 'signer' AND s.status NOT IN ('removed', 'delegated')
      AND NOT EXISTS (SELECT FROM signature g WHERE g.signer_id = s.id AND g.version_id = d.sent_version_id))
  ) THEN
    PERFORM refuse('signed_by_all', 'signatures are missing');
  END IF;
  IF d.status = 'paid' AND (
    NOT EXISTS (SELECT FROM invoice i WHERE i.document_id = d.id AND i.status = 'paid')
    OR EXISTS (SELECT FROM invoice i WHERE i.document_id = d.id AND i.status NOT IN ('paid', 'void'))
  ) THEN
    PERFORM refuse('paid_in_full', 'unpaid invoices remain');
  END IF;
  RETURN NULL;
END $$;
"""
UNLESS_OVERRIDDEN = """ AND NOT EXISTS (
    SELECT FROM approval_round r WHERE r.document_id = d.id AND r.round = d.approval_round
       AND r.version_id = d.approved_version_id AND r.overridden_at IS NOT NULL)"""
ALL_STEPS = """
    OR EXISTS (
      SELECT FROM approval_round r WHERE r.document_id = d.id AND r.round = d.approval_round
         AND jsonb_array_length(r.steps) > (SELECT count(DISTINCT a.step) FROM approval a
                                             WHERE a.document_id = d.id AND a.round = d.approval_round))"""

# Whose reminder has come, and whose approver is gone: nobody else would notice the second, if the first told nobody.
DUE = """
CREATE FUNCTION gate_due_approvals(p_limit int) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.org_id, a.id
    FROM approval a
    JOIN document d ON d.id = a.document_id
    JOIN membership m ON m.id = a.approver_id
    JOIN org o ON o.id = a.org_id
   WHERE a.decision = 'pending' AND d.approval_status = 'pending' AND d.approval_round = a.round
     AND d.deleted_at IS NULL AND o.deleted_at IS NULL AND o.deletion_requested_at IS NULL
     AND (a.remind_at <= now() OR m.status <> 'active' OR m.role = 'viewer')
   ORDER BY a.remind_at, a.id LIMIT p_limit
$$;
REVOKE ALL ON FUNCTION gate_due_approvals(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_due_approvals(int) TO cf_worker;
"""
# Other migrations add to this function as well, so what is there is added to.
ERASED = """  DELETE FROM approval_round WHERE org_id = p_org_id AND document_id <> ALL (kept);
  UPDATE approval_round SET policy_id = NULL WHERE org_id = p_org_id;
  DELETE FROM approval_policy WHERE org_id = p_org_id;
"""
BEFORE = "  DELETE FROM approval WHERE"
ERASE = """
DO $do$ BEGIN
  EXECUTE replace(pg_get_functiondef('gate_erase_org(uuid)'::regprocedure), $old${old}$old$, $new${new}$new$);
END $do$
"""


def upgrade() -> None:
    op.execute(TABLES)
    for table, seen in OPERATORS_SEE.items():
        op.execute(SECURITY.format(table=table, seen=seen))
    op.execute("GRANT SELECT (document_id), UPDATE (policy_id) ON approval_round TO cf_gate")
    op.execute(REQUESTS)
    op.execute(FROZEN)
    op.execute(CONSISTENT.format(unless=UNLESS_OVERRIDDEN, all_steps=ALL_STEPS))
    op.execute("GRANT SELECT (id, round, decision, remind_at, approver_id) ON approval TO cf_gate")
    op.execute("GRANT SELECT (approval_status, approval_round) ON document TO cf_gate")
    _as_gate(DUE)
    _as_gate(ERASE.format(old=BEFORE, new=ERASED + BEFORE))


def downgrade() -> None:
    _as_gate(ERASE.format(old=ERASED + BEFORE, new=BEFORE))
    _as_gate("DROP FUNCTION gate_due_approvals(int)")
    op.execute("REVOKE SELECT (id, round, decision, remind_at, approver_id) ON approval FROM cf_gate")
    op.execute("REVOKE SELECT (approval_status, approval_round) ON document FROM cf_gate")
    op.execute(CONSISTENT.format(unless="", all_steps=""))
    op.execute(REQUESTS_BEFORE)
    op.execute("DROP TABLE approval_round, approval_policy")
    op.execute("DROP FUNCTION approval_round_guard()")


def _as_gate(statements: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statements)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
