"""Clients and contacts, projects, leads."""

from alembic import op

revision = "0002_crm"
down_revision = "0001_identity"
branch_labels = None
depends_on = None

TABLES = r"""
CREATE TABLE client (
  id              uuid DEFAULT uuidv7() NOT NULL,
  org_id          uuid NOT NULL,
  created_at      timestamptz DEFAULT now() NOT NULL,
  name            varchar(200) NOT NULL,
  legal_name      varchar(200),
  website         varchar(500),
  tax_id          varchar(80),
  billing_address jsonb DEFAULT '{}'::jsonb NOT NULL,
  country         varchar(2),
  currency        char(3) NOT NULL,
  locale          varchar(16) DEFAULT 'en' NOT NULL,
  status          varchar(24) DEFAULT 'prospect' NOT NULL,
  owner_id        uuid,
  tags            text[] DEFAULT '{}'::text[] NOT NULL,
  is_consumer     boolean DEFAULT false NOT NULL,
  notes           text,
  archived_at     timestamptz,
  CONSTRAINT pk_client PRIMARY KEY (id),
  CONSTRAINT uq_client_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_client_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_client_org_id_owner_id FOREIGN KEY (org_id, owner_id) REFERENCES membership (org_id, id),
  CONSTRAINT ck_client_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT ck_client_status CHECK (status IN ('prospect', 'active', 'archived')));
CREATE INDEX ix_client_list ON client (org_id, status, name, id);
CREATE INDEX ix_client_org_id_owner_id ON client (org_id, owner_id);

CREATE TABLE contact (
  id             uuid DEFAULT uuidv7() NOT NULL,
  org_id         uuid NOT NULL,
  created_at     timestamptz DEFAULT now() NOT NULL,
  client_id      uuid NOT NULL,
  name           varchar(200) NOT NULL,
  email          varchar(254) NOT NULL,
  phone          varchar(60),
  title          varchar(120),
  is_primary     boolean DEFAULT false NOT NULL,
  can_sign       boolean DEFAULT true NOT NULL,
  can_pay        boolean DEFAULT true NOT NULL,
  portal_enabled boolean DEFAULT true NOT NULL,
  email_state    varchar(24) DEFAULT 'ok' NOT NULL,
  locale         varchar(16),
  timezone       varchar(64),
  anonymised_at  timestamptz,
  CONSTRAINT pk_contact PRIMARY KEY (id),
  CONSTRAINT uq_contact_org_id_client_id_email UNIQUE (org_id, client_id, email),
  CONSTRAINT uq_contact_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_contact_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_contact_org_id_client_id FOREIGN KEY (org_id, client_id) REFERENCES client (org_id, id),
  CONSTRAINT ck_contact_email_shape CHECK (email = lower(email) AND email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
  CONSTRAINT ck_contact_email_state CHECK (email_state IN ('ok', 'bounced', 'complained')));
CREATE UNIQUE INDEX uq_contact_one_primary ON contact (org_id, client_id) WHERE is_primary;

CREATE TABLE project (
  id           uuid DEFAULT uuidv7() NOT NULL,
  org_id       uuid NOT NULL,
  created_at   timestamptz DEFAULT now() NOT NULL,
  client_id    uuid NOT NULL,
  name         varchar(200) NOT NULL,
  code         varchar(40),
  status       varchar(24) DEFAULT 'planned' NOT NULL,
  engagement   varchar(24) DEFAULT 'fixed' NOT NULL,
  budget_minor bigint,
  currency     char(3) NOT NULL,
  starts_on    date,
  ends_on      date,
  owner_id     uuid,
  milestones   jsonb DEFAULT '[]'::jsonb NOT NULL,
  CONSTRAINT pk_project PRIMARY KEY (id),
  CONSTRAINT uq_project_org_id_client_id_id UNIQUE (org_id, client_id, id),
  CONSTRAINT uq_project_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_project_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_project_org_id_client_id FOREIGN KEY (org_id, client_id) REFERENCES client (org_id, id),
  CONSTRAINT fk_project_org_id_owner_id FOREIGN KEY (org_id, owner_id) REFERENCES membership (org_id, id),
  CONSTRAINT ck_project_budget_minor_not_negative CHECK (budget_minor >= 0),
  CONSTRAINT ck_project_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT ck_project_ends_after_start CHECK (ends_on >= starts_on),
  CONSTRAINT ck_project_engagement CHECK (engagement IN ('fixed', 'retainer', 'hourly')),
  CONSTRAINT ck_project_status CHECK (status IN ('planned', 'active', 'on_hold', 'completed', 'canceled')));
CREATE INDEX ix_project_list ON project (org_id, status, id);
CREATE INDEX ix_project_org_id_owner_id ON project (org_id, owner_id);

CREATE TABLE lead (
  id                uuid DEFAULT uuidv7() NOT NULL,
  org_id            uuid NOT NULL,
  created_at        timestamptz DEFAULT now() NOT NULL,
  form_key          varchar(80) DEFAULT 'default' NOT NULL,
  name              varchar(200) NOT NULL,
  email             varchar(254) NOT NULL,
  company           varchar(200),
  phone             varchar(60),
  message           text,
  answers           jsonb DEFAULT '{}'::jsonb NOT NULL,
  utm               jsonb DEFAULT '{}'::jsonb NOT NULL,
  budget_minor      bigint,
  currency          char(3),
  status            varchar(24) DEFAULT 'new' NOT NULL,
  reason            text,
  assigned_to       uuid,
  client_id         uuid,
  project_id        uuid,
  ip_hash           bytea,
  submission_key    varchar(120) NOT NULL,
  first_response_at timestamptz,
  CONSTRAINT pk_lead PRIMARY KEY (id),
  CONSTRAINT uq_lead_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_lead_org_id_submission_key UNIQUE (org_id, submission_key),
  CONSTRAINT fk_lead_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_lead_org_id_assigned_to FOREIGN KEY (org_id, assigned_to) REFERENCES membership (org_id, id),
  CONSTRAINT fk_lead_org_id_client_id FOREIGN KEY (org_id, client_id) REFERENCES client (org_id, id),
  CONSTRAINT fk_lead_org_id_project_id FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, id),
  CONSTRAINT ck_lead_converted_to_client CHECK ((status = 'converted') = (client_id IS NOT NULL)),
  CONSTRAINT ck_lead_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT ck_lead_email_shape CHECK (email = lower(email) AND email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
  CONSTRAINT ck_lead_ip_hash_size CHECK (octet_length(ip_hash) = 32),
  CONSTRAINT ck_lead_status CHECK (status IN ('new', 'contacted', 'qualified', 'converted', 'disqualified')));
CREATE INDEX ix_lead_list ON lead (org_id, status, created_at, id);
CREATE INDEX ix_lead_org_id_assigned_to ON lead (org_id, assigned_to);
CREATE INDEX ix_lead_org_id_client_id ON lead (org_id, client_id);
CREATE INDEX ix_lead_org_id_project_id ON lead (org_id, project_id);

-- They point at each other, so that these come last.
ALTER TABLE auth_session
  ADD CONSTRAINT fk_auth_session_org_id_contact_id
  FOREIGN KEY (org_id, contact_id) REFERENCES contact (org_id, id);
"""

DROP = """
ALTER TABLE auth_session DROP CONSTRAINT fk_auth_session_org_id_contact_id;
DROP TABLE lead;
DROP TABLE project;
DROP TABLE contact;
DROP TABLE client;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(DROP)
