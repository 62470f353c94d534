"""Every attempt of a draft is a row of its own: who was asked, how it ended, what it cost. Nobody changes it later.

What drafts carried in a list so far moves over; when exactly each of those began is not known.
"""

from alembic import op

revision = "0012_draft_attempt"
down_revision = "0011_guards"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE draft_attempt (
  id            uuid DEFAULT uuidv7() NOT NULL,
  org_id        uuid NOT NULL,
  draft_id      uuid NOT NULL,
  attempt       int NOT NULL,
  provider      varchar(24),
  model         varchar(120),
  template      varchar(80) DEFAULT '' NOT NULL,
  outcome       varchar(40) NOT NULL,
  first_text_ms int,
  characters    int DEFAULT 0 NOT NULL,
  tokens_in     int,
  tokens_out    int,
  cost_micros   bigint,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz NOT NULL,
  CONSTRAINT pk_draft_attempt PRIMARY KEY (id),
  CONSTRAINT uq_draft_attempt_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_draft_attempt_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_draft_attempt_org_id_draft_id FOREIGN KEY (org_id, draft_id) REFERENCES draft_job (org_id, id),
  CONSTRAINT ck_draft_attempt_characters_not_negative CHECK (characters >= 0),
  CONSTRAINT ck_draft_attempt_cost_micros_not_negative CHECK (cost_micros >= 0),
  CONSTRAINT ck_draft_attempt_in_order CHECK (ended_at >= started_at),
  CONSTRAINT ck_draft_attempt_provider CHECK (provider IN ('gemini', 'openai', 'placeholder')));
CREATE INDEX ix_draft_attempt_org_id_draft_id_id ON draft_attempt (org_id, draft_id, id);
CREATE INDEX ix_draft_attempt_ended_at ON draft_attempt (ended_at);
"""

SECURITY = """
ALTER TABLE draft_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE draft_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON draft_attempt TO cf_owner USING (true) WITH CHECK (true);
CREATE POLICY tenant ON draft_attempt TO cf_app, cf_worker
  USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id());
CREATE POLICY signer ON draft_attempt AS RESTRICTIVE TO cf_app, cf_worker
  USING (app_document_id() IS NULL) WITH CHECK (app_document_id() IS NULL);
CREATE POLICY operators ON draft_attempt FOR SELECT TO cf_ops USING (true);
GRANT SELECT, INSERT ON draft_attempt TO cf_app, cf_worker;
GRANT SELECT ON draft_attempt TO cf_ops;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON draft_attempt
  FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON draft_attempt
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
"""

MOVE_OVER = """
INSERT INTO draft_attempt (org_id, draft_id, attempt, provider, model, template, outcome, first_text_ms, characters,
                           tokens_in, tokens_out, started_at, ended_at)
SELECT j.org_id, j.id, (a ->> 'attempt')::int, a ->> 'provider', a ->> 'model',
       coalesce(a ->> 'template', ''), a ->> 'outcome', (a ->> 'first_text_ms')::int, (a ->> 'shown')::int,
       CASE a ->> 'outcome' WHEN 'ok' THEN (a ->> 'tokens_in')::int END,
       CASE a ->> 'outcome' WHEN 'ok' THEN (a ->> 'tokens_out')::int END,
       coalesce(j.started_at, j.queued_at), greatest(j.finished_at, j.started_at, j.queued_at)
  FROM draft_job j CROSS JOIN LATERAL jsonb_array_elements(j.provider_trail) WITH ORDINALITY AS t (a, n)
 ORDER BY j.queued_at, t.n;
ALTER TABLE draft_job DROP COLUMN provider_trail, DROP COLUMN tokens_in, DROP COLUMN tokens_out,
  DROP COLUMN cost_micros;
"""

MOVE_BACK = """
ALTER TABLE draft_job ADD COLUMN provider_trail jsonb DEFAULT '[]'::jsonb NOT NULL, ADD COLUMN tokens_in int,
  ADD COLUMN tokens_out int, ADD COLUMN cost_micros bigint;
UPDATE draft_job j SET provider_trail = kept.trail, tokens_in = kept.tokens_in, tokens_out = kept.tokens_out
  FROM (SELECT draft_id, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out, jsonb_agg(jsonb_build_object(
          'attempt', attempt, 'provider', provider, 'model', model, 'template', template, 'outcome', outcome, 'first_text_ms', first_text_ms,
          'shown', characters, 'tokens_in', coalesce(tokens_in, 0), 'tokens_out', coalesce(tokens_out, 0)) ORDER BY id) AS trail
          FROM draft_attempt WHERE provider IS NOT NULL GROUP BY draft_id) kept
 WHERE kept.draft_id = j.id;
DROP TABLE draft_attempt;
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(SECURITY)
    op.execute(MOVE_OVER)


def downgrade() -> None:
    op.execute(MOVE_BACK)
