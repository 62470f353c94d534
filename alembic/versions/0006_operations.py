"""Webhooks, notifications, the audit trail."""

from alembic import op

revision = "0006_operations"
down_revision = "0005_billing"
branch_labels = None
depends_on = None

TABLES = r"""
CREATE TABLE webhook_event (
  id              uuid DEFAULT uuidv7() NOT NULL,
  provider        varchar(40) NOT NULL,
  event_id        varchar(200) NOT NULL,
  event_type      varchar(120) NOT NULL,
  occurred_at     timestamptz NOT NULL,
  org_id          uuid,
  payload         jsonb NOT NULL,
  payload_sha256  bytea NOT NULL,
  status          varchar(24) DEFAULT 'received' NOT NULL,
  attempts        int DEFAULT 0 NOT NULL,
  next_attempt_at timestamptz,
  error           text,
  received_at     timestamptz DEFAULT now() NOT NULL,
  processed_at    timestamptz,
  CONSTRAINT pk_webhook_event PRIMARY KEY (id),
  CONSTRAINT uq_webhook_event_provider_event_id UNIQUE (provider, event_id),
  CONSTRAINT fk_webhook_event_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT ck_webhook_event_attempts_not_negative CHECK (attempts >= 0),
  CONSTRAINT ck_webhook_event_payload_sha256_size CHECK (octet_length(payload_sha256) = 32),
  CONSTRAINT ck_webhook_event_status CHECK (status IN ('received', 'processed', 'ignored', 'failed')));
CREATE INDEX ix_webhook_event_due ON webhook_event (occurred_at) WHERE status = 'received';
CREATE INDEX ix_webhook_event_org_id_received_at ON webhook_event (org_id, received_at);

CREATE TABLE notification (
  id              uuid DEFAULT uuidv7() NOT NULL,
  org_id          uuid NOT NULL,
  created_at      timestamptz DEFAULT now() NOT NULL,
  channel         varchar(24) DEFAULT 'email' NOT NULL,
  kind            varchar(80) NOT NULL,
  user_id         uuid,
  recipient       varchar(500),
  document_id     uuid,
  payload         jsonb NOT NULL,
  dedupe_key      varchar(200) NOT NULL,
  status          varchar(24) DEFAULT 'queued' NOT NULL,
  attempts        int DEFAULT 0 NOT NULL,
  next_attempt_at timestamptz DEFAULT now() NOT NULL,
  provider_ref    varchar(200),
  error           text,
  sent_at         timestamptz,
  read_at         timestamptz,
  CONSTRAINT pk_notification PRIMARY KEY (id),
  CONSTRAINT uq_notification_org_id_channel_dedupe_key UNIQUE (org_id, channel, dedupe_key),
  CONSTRAINT uq_notification_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_notification_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_notification_org_id_document_id FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
  CONSTRAINT fk_notification_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
  CONSTRAINT ck_notification_attempts_not_negative CHECK (attempts >= 0),
  CONSTRAINT ck_notification_channel CHECK (channel IN ('in_app', 'email', 'slack', 'webhook')),
  CONSTRAINT ck_notification_email_has_recipient CHECK (channel <> 'email' OR recipient IS NOT NULL),
  CONSTRAINT ck_notification_in_app_has_user CHECK (channel <> 'in_app' OR user_id IS NOT NULL),
  CONSTRAINT ck_notification_status CHECK (status IN ('queued', 'sent', 'failed', 'suppressed', 'bounced')));
CREATE INDEX ix_notification_due ON notification (next_attempt_at) WHERE status = 'queued' AND channel <> 'in_app';
CREATE INDEX ix_notification_feed ON notification (org_id, user_id, id) WHERE channel = 'in_app';
CREATE INDEX ix_notification_org_id_document_id ON notification (org_id, document_id);
CREATE INDEX ix_notification_user_id ON notification (user_id);

CREATE TABLE audit_head (
  org_id uuid NOT NULL,
  seq    bigint DEFAULT 0 NOT NULL,
  hash   bytea NOT NULL,
  CONSTRAINT pk_audit_head PRIMARY KEY (org_id),
  CONSTRAINT ck_audit_head_hash_size CHECK (octet_length(hash) = 32));

CREATE TABLE audit_event (
  org_id      uuid NOT NULL,
  seq         bigint NOT NULL,
  at          timestamptz NOT NULL,
  actor_kind  varchar(24) NOT NULL,
  actor_id    uuid,
  actor_label varchar(200) NOT NULL,
  action      varchar(80) NOT NULL,
  entity      varchar(80) NOT NULL,
  entity_id   uuid NOT NULL,
  document_id uuid,
  ip          inet,
  user_agent  varchar(500),
  data        jsonb DEFAULT '{}'::jsonb NOT NULL,
  canonical   text NOT NULL,
  prev_hash   bytea NOT NULL,
  hash        bytea NOT NULL,
  CONSTRAINT pk_audit_event PRIMARY KEY (org_id, seq),
  CONSTRAINT ck_audit_event_actor_kind
    CHECK (actor_kind IN ('user', 'contact', 'system', 'provider', 'platform_admin')),
  CONSTRAINT ck_audit_event_hash_size CHECK (octet_length(hash) = 32),
  CONSTRAINT ck_audit_event_prev_hash_size CHECK (octet_length(prev_hash) = 32),
  CONSTRAINT ck_audit_event_seq_positive CHECK (seq > 0));
CREATE INDEX ix_audit_event_timeline ON audit_event (org_id, document_id, seq) WHERE document_id IS NOT NULL;
"""

DROP = """
DROP TABLE audit_event;
DROP TABLE audit_head;
DROP TABLE notification;
DROP TABLE webhook_event;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(DROP)
