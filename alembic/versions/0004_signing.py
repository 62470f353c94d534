"""Signers, signatures, files."""

from alembic import op

revision = "0004_signing"
down_revision = "0003_documents"
branch_labels = None
depends_on = None

TABLES = r"""
CREATE TABLE signer (
  id               uuid DEFAULT uuidv7() NOT NULL,
  org_id           uuid NOT NULL,
  created_at       timestamptz DEFAULT now() NOT NULL,
  document_id      uuid NOT NULL,
  contact_id       uuid,
  member_id        uuid,
  role             varchar(24) DEFAULT 'signer' NOT NULL,
  ordinal          int DEFAULT 1 NOT NULL,
  name             varchar(200) NOT NULL,
  email            varchar(254) NOT NULL,
  status           varchar(24) DEFAULT 'waiting' NOT NULL,
  auth_method      varchar(24) DEFAULT 'email_otp' NOT NULL,
  access_code_hash varchar,
  token_hmac       bytea,
  token_expires_at timestamptz,
  consent_at       timestamptz,
  consent_version  varchar(40),
  consent_sha256   bytea,
  otp_verified_at  timestamptz,
  invited_at       timestamptz,
  first_viewed_at  timestamptz,
  last_viewed_at   timestamptz,
  view_ms          bigint DEFAULT 0 NOT NULL,
  block_ms         jsonb DEFAULT '{}'::jsonb NOT NULL,
  completed_at     timestamptz,
  decline_reason   text,
  delegated_to     uuid,
  reminder_count   int DEFAULT 0 NOT NULL,
  next_reminder_at timestamptz,
  locale           varchar(16),
  timezone         varchar(64),
  CONSTRAINT pk_signer PRIMARY KEY (id),
  CONSTRAINT uq_signer_org_id_document_id_id UNIQUE (org_id, document_id, id),
  CONSTRAINT uq_signer_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_signer_token_hmac UNIQUE (token_hmac),
  CONSTRAINT fk_signer_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_signer_org_id_contact_id FOREIGN KEY (org_id, contact_id) REFERENCES contact (org_id, id),
  CONSTRAINT fk_signer_org_id_document_id FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
  CONSTRAINT fk_signer_org_id_document_id_delegated_to
    FOREIGN KEY (org_id, document_id, delegated_to) REFERENCES signer (org_id, document_id, id),
  CONSTRAINT fk_signer_org_id_member_id FOREIGN KEY (org_id, member_id) REFERENCES membership (org_id, id),
  CONSTRAINT ck_signer_auth_method CHECK (auth_method IN ('email_link', 'email_otp', 'access_code', 'in_person')),
  CONSTRAINT ck_signer_consent_sha256_size CHECK (octet_length(consent_sha256) = 32),
  CONSTRAINT ck_signer_declined_with_reason
    CHECK (status <> 'declined' OR length(coalesce(decline_reason, '')) > 0),
  CONSTRAINT ck_signer_email_shape CHECK (email = lower(email) AND email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
  CONSTRAINT ck_signer_one_person CHECK (num_nonnulls(contact_id, member_id) = 1),
  CONSTRAINT ck_signer_ordinal_positive CHECK (ordinal > 0),
  CONSTRAINT ck_signer_role CHECK (role IN ('signer', 'viewer', 'cc')),
  CONSTRAINT ck_signer_status
    CHECK (status IN ('waiting', 'invited', 'viewed', 'signed', 'declined', 'delegated', 'expired', 'removed')),
  CONSTRAINT ck_signer_token_hmac_size CHECK (octet_length(token_hmac) = 32));
CREATE INDEX ix_signer_due_reminder ON signer (next_reminder_at) WHERE status IN ('invited', 'viewed');
CREATE INDEX ix_signer_org_id_contact_id ON signer (org_id, contact_id);
CREATE INDEX ix_signer_org_id_document_id_delegated_to ON signer (org_id, document_id, delegated_to);
CREATE INDEX ix_signer_org_id_member_id ON signer (org_id, member_id);
CREATE UNIQUE INDEX uq_signer_once ON signer (document_id, email) WHERE status NOT IN ('delegated', 'removed');

CREATE TABLE signature (
  id             uuid DEFAULT uuidv7() NOT NULL,
  org_id         uuid NOT NULL,
  document_id    uuid NOT NULL,
  signer_id      uuid NOT NULL,
  version_id     uuid NOT NULL,
  kind           varchar(24) NOT NULL,
  typed_name     varchar(200) NOT NULL,
  strokes        jsonb,
  field_values   jsonb DEFAULT '{}'::jsonb NOT NULL,
  intent_text    text NOT NULL,
  content_sha256 bytea NOT NULL,
  consent_sha256 bytea NOT NULL,
  ip             inet NOT NULL,
  user_agent     text NOT NULL,
  session_id     uuid,
  evidence       jsonb DEFAULT '{}'::jsonb NOT NULL,
  signed_at      timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT pk_signature PRIMARY KEY (id),
  CONSTRAINT uq_signature_signer_id UNIQUE (signer_id),
  CONSTRAINT fk_signature_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_signature_org_id_document_id_signer_id
    FOREIGN KEY (org_id, document_id, signer_id) REFERENCES signer (org_id, document_id, id),
  CONSTRAINT fk_signature_org_id_document_id_version_id
    FOREIGN KEY (org_id, document_id, version_id) REFERENCES document_version (org_id, document_id, id),
  CONSTRAINT ck_signature_consent_sha256_size CHECK (octet_length(consent_sha256) = 32),
  CONSTRAINT ck_signature_content_sha256_size CHECK (octet_length(content_sha256) = 32),
  CONSTRAINT ck_signature_drawn_has_strokes CHECK ((kind = 'drawn') = (strokes IS NOT NULL)),
  CONSTRAINT ck_signature_kind CHECK (kind IN ('typed', 'drawn')),
  CONSTRAINT ck_signature_named CHECK (length(typed_name) > 0));
CREATE INDEX ix_signature_org_id_document_id_signer_id ON signature (org_id, document_id, signer_id);
CREATE INDEX ix_signature_org_id_document_id_version_id ON signature (org_id, document_id, version_id);

CREATE TABLE artifact (
  id          uuid DEFAULT uuidv7() NOT NULL,
  org_id      uuid NOT NULL,
  created_at  timestamptz DEFAULT now() NOT NULL,
  document_id uuid,
  invoice_id  uuid,
  kind        varchar(24) NOT NULL,
  filename    varchar(255) NOT NULL,
  mime        varchar(120) NOT NULL,
  size_bytes  bigint NOT NULL,
  storage_key varchar(500),
  content     bytea,
  sha256      bytea NOT NULL,
  seal        jsonb,
  scan_state  varchar(24) DEFAULT 'clean' NOT NULL,
  created_by  uuid,
  purged_at   timestamptz,
  CONSTRAINT pk_artifact PRIMARY KEY (id),
  CONSTRAINT uq_artifact_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_artifact_storage_key UNIQUE (storage_key),
  CONSTRAINT fk_artifact_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_artifact_org_id_document_id FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
  CONSTRAINT ck_artifact_kept_somewhere CHECK (num_nonnulls(content, storage_key, purged_at) > 0),
  CONSTRAINT ck_artifact_kind
    CHECK (kind IN ('source', 'attachment', 'sealed_pdf', 'certificate', 'invoice_pdf', 'receipt_pdf', 'export', 'logo')),
  CONSTRAINT ck_artifact_scan_state CHECK (scan_state IN ('pending', 'clean', 'blocked')),
  CONSTRAINT ck_artifact_sealed_has_seal CHECK (kind <> 'sealed_pdf' OR seal IS NOT NULL),
  CONSTRAINT ck_artifact_sha256_size CHECK (octet_length(sha256) = 32),
  CONSTRAINT ck_artifact_size_bytes_not_negative CHECK (size_bytes >= 0));
CREATE INDEX ix_artifact_org_id_document_id_id ON artifact (org_id, document_id, id);
CREATE INDEX ix_artifact_org_id_invoice_id_id ON artifact (org_id, invoice_id, id);
CREATE UNIQUE INDEX uq_artifact_one_seal ON artifact (document_id) WHERE kind = 'sealed_pdf';
"""

DROP = """
DROP TABLE artifact;
DROP TABLE signature;
DROP TABLE signer;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(DROP)
