"""Organisations, people, their places, sign-ins and mailed tokens."""

from alembic import op

revision = "0001_identity"
down_revision = None
branch_labels = None
depends_on = None

TABLES = r"""
CREATE TABLE org (
  id                    uuid DEFAULT uuidv7() NOT NULL,
  created_at            timestamptz DEFAULT now() NOT NULL,
  updated_at            timestamptz DEFAULT now() NOT NULL,
  slug                  varchar(80) NOT NULL,
  name                  varchar(200) NOT NULL,
  legal_name            varchar(200),
  tax_id                varchar(80),
  billing_address       jsonb DEFAULT '{}'::jsonb NOT NULL,
  country               varchar(2),
  timezone              varchar(64) DEFAULT 'UTC' NOT NULL,
  locale                varchar(16) DEFAULT 'en' NOT NULL,
  default_currency      char(3) DEFAULT 'USD' NOT NULL,
  brand                 jsonb DEFAULT '{}'::jsonb NOT NULL,
  settings              jsonb DEFAULT '{}'::jsonb NOT NULL,
  require_2fa           boolean DEFAULT false NOT NULL,
  contract_seq          bigint DEFAULT 0 NOT NULL,
  invoice_seq           bigint DEFAULT 0 NOT NULL,
  legal_hold            boolean DEFAULT false NOT NULL,
  deletion_requested_at timestamptz,
  deleted_at            timestamptz,
  CONSTRAINT pk_org PRIMARY KEY (id),
  CONSTRAINT uq_org_slug UNIQUE (slug),
  CONSTRAINT ck_org_default_currency_shape CHECK (default_currency ~ '^[A-Z]{3}$'),
  CONSTRAINT ck_org_slug_shape CHECK (slug ~ '^[a-z0-9](-?[a-z0-9]){2,39}$'));

CREATE TABLE app_user (
  id                uuid DEFAULT uuidv7() NOT NULL,
  created_at        timestamptz DEFAULT now() NOT NULL,
  email             varchar(254) NOT NULL,
  name              varchar(200) NOT NULL,
  email_verified_at timestamptz,
  locale            varchar(16) DEFAULT 'en' NOT NULL,
  timezone          varchar(64) DEFAULT 'UTC' NOT NULL,
  is_platform_admin boolean DEFAULT false NOT NULL,
  last_login_at     timestamptz,
  deleted_at        timestamptz,
  CONSTRAINT pk_app_user PRIMARY KEY (id),
  CONSTRAINT uq_app_user_email UNIQUE (email),
  CONSTRAINT ck_app_user_email_shape CHECK (email = lower(email) AND email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'));

CREATE TABLE user_credential (
  user_id         uuid NOT NULL,
  password_hash   varchar,
  failed_logins   int DEFAULT 0 NOT NULL,
  locked_until    timestamptz,
  totp_secret_enc bytea,
  totp_enabled_at timestamptz,
  totp_last_step  bigint,
  recovery_hashes bytea[] DEFAULT '{}'::bytea[] NOT NULL,
  CONSTRAINT pk_user_credential PRIMARY KEY (user_id),
  CONSTRAINT fk_user_credential_user_id FOREIGN KEY (user_id) REFERENCES app_user (id));

CREATE TABLE membership (
  id                 uuid DEFAULT uuidv7() NOT NULL,
  org_id             uuid NOT NULL,
  created_at         timestamptz DEFAULT now() NOT NULL,
  user_id            uuid NOT NULL,
  role               varchar(24) NOT NULL,
  status             varchar(24) DEFAULT 'active' NOT NULL,
  title              varchar(120),
  notification_prefs jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT pk_membership PRIMARY KEY (id),
  CONSTRAINT uq_membership_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_membership_org_id_user_id UNIQUE (org_id, user_id),
  CONSTRAINT fk_membership_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_membership_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
  CONSTRAINT ck_membership_owner_is_active CHECK (role <> 'owner' OR status = 'active'),
  CONSTRAINT ck_membership_role CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
  CONSTRAINT ck_membership_status CHECK (status IN ('active', 'suspended', 'removed')));
CREATE INDEX ix_membership_user_id ON membership (user_id);
CREATE UNIQUE INDEX uq_membership_one_owner ON membership (org_id) WHERE role = 'owner';

CREATE TABLE auth_session (
  id            uuid DEFAULT uuidv7() NOT NULL,
  created_at    timestamptz DEFAULT now() NOT NULL,
  family_id     uuid NOT NULL,
  subject_kind  varchar(24) NOT NULL,
  user_id       uuid,
  contact_id    uuid,
  org_id        uuid,
  ip            inet,
  user_agent    varchar(500),
  last_seen_at  timestamptz DEFAULT now() NOT NULL,
  revoked_at    timestamptz,
  revoke_reason varchar(80),
  CONSTRAINT pk_auth_session PRIMARY KEY (id),
  CONSTRAINT uq_auth_session_family_id UNIQUE (family_id),
  CONSTRAINT fk_auth_session_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_auth_session_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
  CONSTRAINT ck_auth_session_contact_named CHECK ((subject_kind = 'contact') = (contact_id IS NOT NULL)),
  CONSTRAINT ck_auth_session_subject_kind CHECK (subject_kind IN ('user', 'contact')),
  CONSTRAINT ck_auth_session_user_named CHECK ((subject_kind = 'user') = (user_id IS NOT NULL)));
CREATE INDEX ix_auth_session_open_of_user ON auth_session (user_id, last_seen_at) WHERE revoked_at IS NULL;
CREATE INDEX ix_auth_session_org_id_contact_id ON auth_session (org_id, contact_id);
CREATE INDEX ix_auth_session_user_id ON auth_session (user_id);

CREATE TABLE one_time_token (
  id         uuid DEFAULT uuidv7() NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  org_id     uuid,
  purpose    varchar(24) NOT NULL,
  email      varchar(254) NOT NULL,
  role       varchar(24),
  user_id    uuid,
  subject_id uuid,
  token_hmac bytea NOT NULL,
  attempts   int DEFAULT 0 NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  revoked_at timestamptz,
  created_by uuid,
  CONSTRAINT pk_one_time_token PRIMARY KEY (id),
  CONSTRAINT uq_one_time_token_token_hmac UNIQUE (token_hmac),
  CONSTRAINT fk_one_time_token_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_one_time_token_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
  CONSTRAINT ck_one_time_token_attempts_limited CHECK (attempts BETWEEN 0 AND 10),
  CONSTRAINT ck_one_time_token_email_shape CHECK (email = lower(email) AND email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
  CONSTRAINT ck_one_time_token_invite_has_org CHECK (purpose <> 'invite' OR org_id IS NOT NULL),
  CONSTRAINT ck_one_time_token_invite_has_role CHECK ((purpose = 'invite') = (role IS NOT NULL)),
  CONSTRAINT ck_one_time_token_purpose
    CHECK (purpose IN ('invite', 'verify_email', 'change_email', 'reset_password', 'portal_link', 'signing_otp')),
  CONSTRAINT ck_one_time_token_role CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
  CONSTRAINT ck_one_time_token_role_below_owner CHECK (role <> 'owner'),
  CONSTRAINT ck_one_time_token_token_hmac_size CHECK (octet_length(token_hmac) = 32),
  CONSTRAINT ck_one_time_token_used_or_revoked CHECK (used_at IS NULL OR revoked_at IS NULL));
CREATE INDEX ix_one_time_token_org_id_subject_id_created_at ON one_time_token (org_id, subject_id, created_at);
CREATE INDEX ix_one_time_token_user_id ON one_time_token (user_id);
CREATE UNIQUE INDEX uq_one_time_token_pending_invite ON one_time_token (org_id, email) WHERE purpose = 'invite' AND used_at IS NULL AND revoked_at IS NULL;
"""

DROP = """
DROP TABLE one_time_token;
DROP TABLE auth_session;
DROP TABLE membership;
DROP TABLE user_credential;
DROP TABLE app_user;
DROP TABLE org;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(DROP)
