"""Templates, documents and their versions, draft jobs, approvals, comments."""

from alembic import op

revision = "0003_documents"
down_revision = "0002_crm"
branch_labels = None
depends_on = None

TABLES = r"""
CREATE TABLE template (
  id              uuid DEFAULT uuidv7() NOT NULL,
  org_id          uuid NOT NULL,
  created_at      timestamptz DEFAULT now() NOT NULL,
  updated_at      timestamptz DEFAULT now() NOT NULL,
  kind            varchar(24) NOT NULL,
  category        varchar(80) NOT NULL,
  name            varchar(200) NOT NULL,
  body            jsonb NOT NULL,
  variables       jsonb DEFAULT '[]'::jsonb NOT NULL,
  ai_guidance     text,
  position        varchar(24),
  is_locked       boolean DEFAULT false NOT NULL,
  approval_policy jsonb DEFAULT '[]'::jsonb NOT NULL,
  payment_plan    jsonb DEFAULT '[]'::jsonb NOT NULL,
  status          varchar(24) DEFAULT 'draft' NOT NULL,
  version         int DEFAULT 1 NOT NULL,
  created_by      uuid,
  CONSTRAINT pk_template PRIMARY KEY (id),
  CONSTRAINT uq_template_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_template_org_id_kind_name_version UNIQUE (org_id, kind, name, version),
  CONSTRAINT fk_template_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT ck_template_clause_has_position CHECK ((kind = 'clause') = (position IS NOT NULL)),
  CONSTRAINT ck_template_kind CHECK (kind IN ('document', 'clause')),
  CONSTRAINT ck_template_position CHECK (position IN ('preferred', 'fallback', 'prohibited')),
  CONSTRAINT ck_template_status CHECK (status IN ('draft', 'published', 'archived')),
  CONSTRAINT ck_template_version_positive CHECK (version > 0));
CREATE INDEX ix_template_list ON template (org_id, kind, status, name, id);

CREATE TABLE document (
  id                  uuid DEFAULT uuidv7() NOT NULL,
  org_id              uuid NOT NULL,
  created_at          timestamptz DEFAULT now() NOT NULL,
  updated_at          timestamptz DEFAULT now() NOT NULL,
  client_id           uuid NOT NULL,
  project_id          uuid,
  template_id         uuid,
  parent_id           uuid,
  relation            varchar(24),
  kind                varchar(24) NOT NULL,
  number              varchar(40) NOT NULL,
  title               varchar(300) NOT NULL,
  status              varchar(24) DEFAULT 'draft' NOT NULL,
  approval_status     varchar(24) DEFAULT 'none' NOT NULL,
  generation_status   varchar(24) DEFAULT 'idle' NOT NULL,
  current_version_id  uuid,
  approved_version_id uuid,
  sent_version_id     uuid,
  approval_round      int DEFAULT 0 NOT NULL,
  signing_order       varchar(24) DEFAULT 'parallel' NOT NULL,
  currency            char(3) NOT NULL,
  total_minor         bigint DEFAULT 0 NOT NULL,
  brief               jsonb DEFAULT '{}'::jsonb NOT NULL,
  effective_on        date,
  term_ends_on        date,
  auto_renews         boolean DEFAULT false NOT NULL,
  renewal_notice_days int,
  owner_id            uuid NOT NULL,
  locale              varchar(16) DEFAULT 'en' NOT NULL,
  expires_at          timestamptz,
  reminder_policy     jsonb DEFAULT '{"first_days": 3, "every_days": 3, "max": 5}'::jsonb NOT NULL,
  sent_at             timestamptz,
  signed_at           timestamptz,
  paid_at             timestamptz,
  closed_reason       text,
  verify_code         varchar(64),
  lock_version        int DEFAULT 0 NOT NULL,
  created_by          uuid NOT NULL,
  deleted_at          timestamptz,
  CONSTRAINT pk_document PRIMARY KEY (id),
  CONSTRAINT uq_document_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_document_org_id_number UNIQUE (org_id, number),
  CONSTRAINT uq_document_verify_code UNIQUE (verify_code),
  CONSTRAINT fk_document_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_document_org_id_client_id FOREIGN KEY (org_id, client_id) REFERENCES client (org_id, id),
  CONSTRAINT fk_document_org_id_client_id_project_id
    FOREIGN KEY (org_id, client_id, project_id) REFERENCES project (org_id, client_id, id),
  CONSTRAINT fk_document_org_id_owner_id FOREIGN KEY (org_id, owner_id) REFERENCES membership (org_id, id),
  CONSTRAINT fk_document_org_id_parent_id FOREIGN KEY (org_id, parent_id) REFERENCES document (org_id, id),
  CONSTRAINT fk_document_org_id_template_id FOREIGN KEY (org_id, template_id) REFERENCES template (org_id, id),
  CONSTRAINT ck_document_approval_status
    CHECK (approval_status IN ('none', 'pending', 'approved', 'changes_requested', 'stale')),
  CONSTRAINT ck_document_approved_is_current
    CHECK (approval_status <> 'approved'
      OR (approved_version_id IS NOT NULL AND approved_version_id IS NOT DISTINCT FROM current_version_id)),
  CONSTRAINT ck_document_closed_with_reason
    CHECK (status NOT IN ('declined', 'voided') OR length(coalesce(closed_reason, '')) > 0),
  CONSTRAINT ck_document_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT ck_document_deletable
    CHECK (deleted_at IS NULL OR status IN ('draft', 'voided', 'declined', 'expired')),
  CONSTRAINT ck_document_generation_status
    CHECK (generation_status IN ('idle', 'queued', 'streaming', 'ready', 'failed', 'cancelled')),
  CONSTRAINT ck_document_kind
    CHECK (kind IN ('proposal', 'msa', 'sow', 'nda', 'retainer', 'change_order', 'other')),
  CONSTRAINT ck_document_relation
    CHECK (relation IN ('sow', 'change_order', 'amendment', 'renewal', 'termination', 'replaces')),
  CONSTRAINT ck_document_relation_to_parent CHECK ((parent_id IS NULL) = (relation IS NULL)),
  CONSTRAINT ck_document_renewal_notice_days CHECK (renewal_notice_days BETWEEN 0 AND 365),
  CONSTRAINT ck_document_sent_is_current
    CHECK (status NOT IN ('sent', 'signed', 'paid')
      OR (sent_version_id IS NOT NULL AND sent_version_id IS NOT DISTINCT FROM current_version_id)),
  CONSTRAINT ck_document_signing_order CHECK (signing_order IN ('parallel', 'sequential')),
  CONSTRAINT ck_document_status
    CHECK (status IN ('draft', 'review', 'sent', 'signed', 'paid', 'declined', 'expired', 'voided')),
  CONSTRAINT ck_document_total_minor_not_negative CHECK (total_minor >= 0));
CREATE INDEX ix_document_by_status ON document (org_id, status, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_document_due_expiry ON document (expires_at) WHERE status = 'sent';
CREATE INDEX ix_document_due_seal ON document (signed_at) WHERE status IN ('signed', 'paid');
CREATE INDEX ix_document_list ON document (org_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_document_org_id_client_id_project_id ON document (org_id, client_id, project_id);
CREATE INDEX ix_document_org_id_owner_id_updated_at ON document (org_id, owner_id, updated_at);
CREATE INDEX ix_document_org_id_parent_id ON document (org_id, parent_id);
CREATE INDEX ix_document_org_id_template_id ON document (org_id, template_id);

CREATE TABLE document_version (
  id                uuid DEFAULT uuidv7() NOT NULL,
  org_id            uuid NOT NULL,
  created_at        timestamptz DEFAULT now() NOT NULL,
  document_id       uuid NOT NULL,
  number            int NOT NULL,
  parent_version_id uuid,
  source            varchar(24) NOT NULL,
  content           text NOT NULL,
  content_sha256    bytea NOT NULL,
  total_minor       bigint DEFAULT 0 NOT NULL,
  provenance        jsonb DEFAULT '{}'::jsonb NOT NULL,
  author_id         uuid,
  note              text,
  CONSTRAINT pk_document_version PRIMARY KEY (id),
  CONSTRAINT uq_document_version_document_id_number UNIQUE (document_id, number),
  CONSTRAINT uq_document_version_org_id_document_id_id UNIQUE (org_id, document_id, id),
  CONSTRAINT uq_document_version_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_document_version_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_document_version_org_id_author_id
    FOREIGN KEY (org_id, author_id) REFERENCES membership (org_id, id),
  CONSTRAINT fk_document_version_org_id_document_id
    FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
  CONSTRAINT fk_document_version_org_id_document_id_parent_version_id
    FOREIGN KEY (org_id, document_id, parent_version_id) REFERENCES document_version (org_id, document_id, id),
  CONSTRAINT ck_document_version_content_sha256_size CHECK (octet_length(content_sha256) = 32),
  CONSTRAINT ck_document_version_number_positive CHECK (number > 0),
  CONSTRAINT ck_document_version_source CHECK (source IN ('ai', 'human', 'template', 'restore', 'suggestion')),
  CONSTRAINT ck_document_version_total_minor_not_negative CHECK (total_minor >= 0));
CREATE INDEX ix_document_version_org_id_author_id ON document_version (org_id, author_id);
CREATE INDEX ix_document_version_org_id_document_id_parent_version_id ON document_version (org_id, document_id, parent_version_id);

CREATE TABLE draft_job (
  id                uuid DEFAULT uuidv7() NOT NULL,
  org_id            uuid NOT NULL,
  document_id       uuid NOT NULL,
  kind              varchar(24) DEFAULT 'draft' NOT NULL,
  block_id          varchar(80),
  brief             jsonb NOT NULL,
  status            varchar(24) DEFAULT 'queued' NOT NULL,
  attempt           int DEFAULT 0 NOT NULL,
  epoch             int DEFAULT 0 NOT NULL,
  cancel_requested  boolean DEFAULT false NOT NULL,
  provider          varchar(24),
  provider_trail    jsonb DEFAULT '[]'::jsonb NOT NULL,
  idempotency_key   varchar(120) NOT NULL,
  last_seq          bigint DEFAULT 0 NOT NULL,
  output            text DEFAULT '' NOT NULL,
  lease_owner       varchar(120),
  lease_token       uuid,
  lease_expires_at  timestamptz,
  heartbeat_at      timestamptz,
  next_attempt_at   timestamptz,
  tokens_in         int,
  tokens_out        int,
  cost_micros       bigint,
  queued_at         timestamptz DEFAULT now() NOT NULL,
  started_at        timestamptz,
  first_token_at    timestamptz,
  finished_at       timestamptz,
  error_code        varchar(80),
  error_detail      text,
  result_version_id uuid,
  requested_by      uuid NOT NULL,
  CONSTRAINT pk_draft_job PRIMARY KEY (id),
  CONSTRAINT uq_draft_job_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_draft_job_org_id_idempotency_key UNIQUE (org_id, idempotency_key),
  CONSTRAINT fk_draft_job_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_draft_job_org_id_document_id FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
  CONSTRAINT fk_draft_job_org_id_document_id_result_version_id
    FOREIGN KEY (org_id, document_id, result_version_id) REFERENCES document_version (org_id, document_id, id),
  CONSTRAINT ck_draft_job_attempt_limited CHECK (attempt BETWEEN 0 AND 3),
  CONSTRAINT ck_draft_job_epoch_not_negative CHECK (epoch >= 0),
  CONSTRAINT ck_draft_job_kind CHECK (kind IN ('draft', 'clause', 'rewrite', 'review', 'summary')),
  CONSTRAINT ck_draft_job_lease_expires CHECK ((status = 'running') = (lease_expires_at IS NOT NULL)),
  CONSTRAINT ck_draft_job_provider CHECK (provider IN ('gemini', 'openai', 'placeholder')),
  CONSTRAINT ck_draft_job_retry_has_time CHECK (status <> 'retry_wait' OR next_attempt_at IS NOT NULL),
  CONSTRAINT ck_draft_job_running_is_leased CHECK ((status = 'running') = (lease_token IS NOT NULL)),
  CONSTRAINT ck_draft_job_status
    CHECK (status IN ('queued', 'running', 'retry_wait', 'succeeded', 'failed', 'cancelled')));
CREATE INDEX ix_draft_job_due ON draft_job (queued_at) WHERE status IN ('queued', 'running', 'retry_wait');
CREATE INDEX ix_draft_job_org_id_document_id_queued_at ON draft_job (org_id, document_id, queued_at);
CREATE INDEX ix_draft_job_org_id_document_id_result_version_id ON draft_job (org_id, document_id, result_version_id);
CREATE UNIQUE INDEX uq_draft_job_active ON draft_job (document_id) WHERE status IN ('queued', 'running', 'retry_wait') AND kind IN ('draft', 'rewrite');

CREATE TABLE approval (
  id             uuid DEFAULT uuidv7() NOT NULL,
  org_id         uuid NOT NULL,
  created_at     timestamptz DEFAULT now() NOT NULL,
  document_id    uuid NOT NULL,
  version_id     uuid NOT NULL,
  round          int NOT NULL,
  step           int NOT NULL,
  step_name      varchar(120) DEFAULT 'Approval' NOT NULL,
  required       int DEFAULT 1 NOT NULL,
  rule           text,
  approver_id    uuid NOT NULL,
  decision       varchar(24) DEFAULT 'pending' NOT NULL,
  comment        text,
  decided_at     timestamptz,
  due_at         timestamptz,
  delegated_from uuid,
  CONSTRAINT pk_approval PRIMARY KEY (id),
  CONSTRAINT uq_approval_document_id_round_step_approver_id UNIQUE (document_id, round, step, approver_id),
  CONSTRAINT uq_approval_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_approval_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_approval_org_id_approver_id FOREIGN KEY (org_id, approver_id) REFERENCES membership (org_id, id),
  CONSTRAINT fk_approval_org_id_delegated_from
    FOREIGN KEY (org_id, delegated_from) REFERENCES membership (org_id, id),
  CONSTRAINT fk_approval_org_id_document_id_version_id
    FOREIGN KEY (org_id, document_id, version_id) REFERENCES document_version (org_id, document_id, id),
  CONSTRAINT ck_approval_changes_explained
    CHECK (decision <> 'changes_requested' OR length(coalesce(comment, '')) > 0),
  CONSTRAINT ck_approval_decided_at CHECK ((decision = 'pending') = (decided_at IS NULL)),
  CONSTRAINT ck_approval_decision CHECK (decision IN ('pending', 'approved', 'changes_requested', 'skipped')),
  CONSTRAINT ck_approval_required_positive CHECK (required > 0),
  CONSTRAINT ck_approval_step_positive CHECK (step > 0));
CREATE INDEX ix_approval_org_id_approver_id ON approval (org_id, approver_id);
CREATE INDEX ix_approval_org_id_delegated_from ON approval (org_id, delegated_from);
CREATE INDEX ix_approval_org_id_document_id_version_id ON approval (org_id, document_id, version_id);
CREATE INDEX ix_approval_waiting ON approval (org_id, approver_id, id) WHERE decision = 'pending';

CREATE TABLE comment (
  id          uuid DEFAULT uuidv7() NOT NULL,
  org_id      uuid NOT NULL,
  created_at  timestamptz DEFAULT now() NOT NULL,
  document_id uuid NOT NULL,
  version_id  uuid,
  block_id    varchar(80),
  parent_id   uuid,
  visibility  varchar(24) DEFAULT 'internal' NOT NULL,
  member_id   uuid,
  contact_id  uuid,
  body        text NOT NULL,
  suggestion  jsonb,
  state       varchar(24) DEFAULT 'open' NOT NULL,
  resolved_by uuid,
  resolved_at timestamptz,
  mentions    uuid[] DEFAULT '{}'::uuid[] NOT NULL,
  edited_at   timestamptz,
  CONSTRAINT pk_comment PRIMARY KEY (id),
  CONSTRAINT uq_comment_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_comment_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_comment_org_id_contact_id FOREIGN KEY (org_id, contact_id) REFERENCES contact (org_id, id),
  CONSTRAINT fk_comment_org_id_document_id FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
  CONSTRAINT fk_comment_org_id_document_id_version_id
    FOREIGN KEY (org_id, document_id, version_id) REFERENCES document_version (org_id, document_id, id),
  CONSTRAINT fk_comment_org_id_member_id FOREIGN KEY (org_id, member_id) REFERENCES membership (org_id, id),
  CONSTRAINT fk_comment_org_id_parent_id FOREIGN KEY (org_id, parent_id) REFERENCES comment (org_id, id),
  CONSTRAINT ck_comment_body_length CHECK (length(body) BETWEEN 1 AND 10000),
  CONSTRAINT ck_comment_contact_shares CHECK (contact_id IS NULL OR visibility = 'shared'),
  CONSTRAINT ck_comment_one_author CHECK (num_nonnulls(member_id, contact_id) = 1),
  CONSTRAINT ck_comment_state CHECK (state IN ('open', 'resolved', 'accepted', 'rejected')),
  CONSTRAINT ck_comment_suggestion_decided CHECK (state IN ('open', 'resolved') OR suggestion IS NOT NULL),
  CONSTRAINT ck_comment_visibility CHECK (visibility IN ('internal', 'shared')));
CREATE INDEX ix_comment_org_id_contact_id ON comment (org_id, contact_id);
CREATE INDEX ix_comment_org_id_document_id_id ON comment (org_id, document_id, id);
CREATE INDEX ix_comment_org_id_document_id_version_id ON comment (org_id, document_id, version_id);
CREATE INDEX ix_comment_org_id_member_id ON comment (org_id, member_id);
CREATE INDEX ix_comment_org_id_parent_id ON comment (org_id, parent_id);

-- They point at each other, so that these come last.
ALTER TABLE document
  ADD CONSTRAINT fk_document_org_id_id_sent_version_id
  FOREIGN KEY (org_id, id, sent_version_id) REFERENCES document_version (org_id, document_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE document
  ADD CONSTRAINT fk_document_org_id_id_approved_version_id
  FOREIGN KEY (org_id, id, approved_version_id) REFERENCES document_version (org_id, document_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE document
  ADD CONSTRAINT fk_document_org_id_id_current_version_id
  FOREIGN KEY (org_id, id, current_version_id) REFERENCES document_version (org_id, document_id, id) DEFERRABLE INITIALLY DEFERRED;
"""

DROP = """
ALTER TABLE document DROP CONSTRAINT fk_document_org_id_id_current_version_id;
ALTER TABLE document DROP CONSTRAINT fk_document_org_id_id_approved_version_id;
ALTER TABLE document DROP CONSTRAINT fk_document_org_id_id_sent_version_id;
DROP TABLE comment;
DROP TABLE approval;
DROP TABLE draft_job;
DROP TABLE document_version;
DROP TABLE document;
DROP TABLE template;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(DROP)
