"""Subscriptions, invoices, payments."""

from alembic import op

revision = "0005_billing"
down_revision = "0004_signing"
branch_labels = None
depends_on = None

TABLES = r"""
CREATE TABLE subscription (
  id                     uuid DEFAULT uuidv7() NOT NULL,
  org_id                 uuid NOT NULL,
  created_at             timestamptz DEFAULT now() NOT NULL,
  tier                   varchar(24) NOT NULL,
  status                 varchar(24) DEFAULT 'trialing' NOT NULL,
  seats                  int NOT NULL,
  paddle_customer_id     varchar,
  paddle_subscription_id varchar,
  paddle_price_id        varchar,
  period_start           timestamptz,
  period_end             timestamptz,
  trial_ends_at          timestamptz,
  past_due_since         timestamptz,
  grace_ends_at          timestamptz,
  scheduled_change       jsonb,
  last_event_at          timestamptz,
  CONSTRAINT pk_subscription PRIMARY KEY (id),
  CONSTRAINT uq_subscription_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_subscription_paddle_subscription_id UNIQUE (paddle_subscription_id),
  CONSTRAINT fk_subscription_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT ck_subscription_seats_positive CHECK (seats > 0),
  CONSTRAINT ck_subscription_status CHECK (status IN ('trialing', 'active', 'past_due', 'paused', 'canceled')),
  CONSTRAINT ck_subscription_tier CHECK (tier IN ('starter', 'growth', 'scale')));
CREATE UNIQUE INDEX uq_subscription_live ON subscription (org_id) WHERE status <> 'canceled';

CREATE TABLE invoice (
  id               uuid DEFAULT uuidv7() NOT NULL,
  org_id           uuid NOT NULL,
  created_at       timestamptz DEFAULT now() NOT NULL,
  client_id        uuid NOT NULL,
  document_id      uuid,
  project_id       uuid,
  plan_key         varchar(80),
  seq              int DEFAULT 1 NOT NULL,
  number           varchar(40),
  kind             varchar(24) NOT NULL,
  label            varchar(300) NOT NULL,
  status           varchar(24) DEFAULT 'scheduled' NOT NULL,
  currency         char(3) NOT NULL,
  lines            jsonb DEFAULT '[]'::jsonb NOT NULL,
  subtotal_minor   bigint NOT NULL,
  tax              jsonb DEFAULT '[]'::jsonb NOT NULL,
  tax_minor        bigint DEFAULT 0 NOT NULL,
  total_minor      bigint NOT NULL,
  paid_minor       bigint DEFAULT 0 NOT NULL,
  trigger          jsonb DEFAULT '{"on": "signature"}'::jsonb NOT NULL,
  issued_at        timestamptz,
  due_on           date,
  seller           jsonb DEFAULT '{}'::jsonb NOT NULL,
  buyer            jsonb DEFAULT '{}'::jsonb NOT NULL,
  memo             text,
  reminder_count   int DEFAULT 0 NOT NULL,
  next_reminder_at timestamptz,
  pay_token_hmac   bytea,
  provider_ref     varchar(200),
  CONSTRAINT pk_invoice PRIMARY KEY (id),
  CONSTRAINT uq_invoice_document_id_plan_key_seq UNIQUE (document_id, plan_key, seq),
  CONSTRAINT uq_invoice_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_invoice_org_id_number UNIQUE (org_id, number),
  CONSTRAINT uq_invoice_pay_token_hmac UNIQUE (pay_token_hmac),
  CONSTRAINT fk_invoice_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_invoice_org_id_client_id FOREIGN KEY (org_id, client_id) REFERENCES client (org_id, id),
  CONSTRAINT fk_invoice_org_id_client_id_project_id
    FOREIGN KEY (org_id, client_id, project_id) REFERENCES project (org_id, client_id, id),
  CONSTRAINT fk_invoice_org_id_document_id FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
  CONSTRAINT ck_invoice_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT ck_invoice_issued_has_number CHECK ((status = 'scheduled') = (number IS NULL) OR status = 'void'),
  CONSTRAINT ck_invoice_kind
    CHECK (kind IN ('deposit', 'milestone', 'installment', 'retainer', 'final', 'one_off')),
  CONSTRAINT ck_invoice_paid_in_full CHECK (status <> 'paid' OR paid_minor = total_minor),
  CONSTRAINT ck_invoice_paid_in_part
    CHECK (status <> 'partially_paid' OR (paid_minor > 0 AND paid_minor < total_minor)),
  CONSTRAINT ck_invoice_paid_within_total CHECK (paid_minor BETWEEN 0 AND total_minor),
  CONSTRAINT ck_invoice_pay_token_hmac_size CHECK (octet_length(pay_token_hmac) = 32),
  CONSTRAINT ck_invoice_status
    CHECK (status IN ('scheduled', 'open', 'partially_paid', 'paid', 'void', 'uncollectible')),
  CONSTRAINT ck_invoice_subtotal_minor_not_negative CHECK (subtotal_minor >= 0),
  CONSTRAINT ck_invoice_tax_minor_not_negative CHECK (tax_minor >= 0),
  CONSTRAINT ck_invoice_total_adds_up CHECK (total_minor = subtotal_minor + tax_minor),
  CONSTRAINT ck_invoice_unpaid CHECK (status NOT IN ('scheduled', 'open') OR paid_minor = 0));
CREATE INDEX ix_invoice_due_issue ON invoice (id) WHERE status = 'scheduled';
CREATE INDEX ix_invoice_due_reminder ON invoice (next_reminder_at) WHERE status IN ('open', 'partially_paid');
CREATE INDEX ix_invoice_list ON invoice (org_id, status, created_at, id);
CREATE INDEX ix_invoice_org_id_client_id_project_id ON invoice (org_id, client_id, project_id);
CREATE INDEX ix_invoice_org_id_document_id ON invoice (org_id, document_id);

CREATE TABLE payment (
  id           uuid DEFAULT uuidv7() NOT NULL,
  org_id       uuid NOT NULL,
  created_at   timestamptz DEFAULT now() NOT NULL,
  invoice_id   uuid NOT NULL,
  kind         varchar(24) DEFAULT 'payment' NOT NULL,
  provider     varchar(24) NOT NULL,
  provider_ref varchar(200) NOT NULL,
  amount_minor bigint NOT NULL,
  currency     char(3) NOT NULL,
  status       varchar(24) DEFAULT 'pending' NOT NULL,
  method       varchar(80),
  reference    varchar(140) DEFAULT '' NOT NULL,
  note         varchar(500) DEFAULT '' NOT NULL,
  fee_minor    bigint,
  refunds_id   uuid,
  recorded_by  uuid,
  occurred_at  timestamptz NOT NULL,
  CONSTRAINT pk_payment PRIMARY KEY (id),
  CONSTRAINT uq_payment_org_id_id UNIQUE (org_id, id),
  CONSTRAINT uq_payment_provider_provider_ref_kind UNIQUE (provider, provider_ref, kind),
  CONSTRAINT fk_payment_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_payment_org_id_invoice_id FOREIGN KEY (org_id, invoice_id) REFERENCES invoice (org_id, id),
  CONSTRAINT fk_payment_org_id_refunds_id FOREIGN KEY (org_id, refunds_id) REFERENCES payment (org_id, id),
  CONSTRAINT ck_payment_amount_minor_positive CHECK (amount_minor > 0),
  CONSTRAINT ck_payment_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT ck_payment_kind CHECK (kind IN ('payment', 'refund', 'chargeback')),
  CONSTRAINT ck_payment_provider CHECK (provider IN ('paddle', 'manual')),
  CONSTRAINT ck_payment_recorded_by_somebody
    CHECK (provider <> 'manual' OR status <> 'succeeded' OR recorded_by IS NOT NULL),
  CONSTRAINT ck_payment_refund_names_payment CHECK ((kind = 'payment') = (refunds_id IS NULL)),
  CONSTRAINT ck_payment_status CHECK (status IN ('pending', 'succeeded', 'failed', 'reversed')));
CREATE INDEX ix_payment_org_id_invoice_id_id ON payment (org_id, invoice_id, id);
CREATE INDEX ix_payment_org_id_refunds_id ON payment (org_id, refunds_id);

-- They point at each other, so that these come last.
ALTER TABLE artifact
  ADD CONSTRAINT fk_artifact_org_id_invoice_id
  FOREIGN KEY (org_id, invoice_id) REFERENCES invoice (org_id, id);
"""

DROP = """
ALTER TABLE artifact DROP CONSTRAINT fk_artifact_org_id_invoice_id;
DROP TABLE payment;
DROP TABLE invoice;
DROP TABLE subscription;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(DROP)
