"""Addresses that mails came back from: marked for the organisation whose mails they were, until somebody says otherwise.

The mail vendor names a mail by its Message-ID, before anybody knows whose it is: one gate answers that. Whoever proves
that mail reaches them lifts the mark in every organisation.
"""

from alembic import op

revision = "0041_bounces"
down_revision = "0040_approval_policies"
branch_labels = None
depends_on = None

TABLE = r"""
CREATE TABLE bounce (
  id         uuid DEFAULT uuidv7() NOT NULL,
  org_id     uuid NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  address    varchar(254) NOT NULL,
  kind       varchar(24) NOT NULL,
  reason     varchar(300) NOT NULL,
  lifted_at  timestamptz,
  CONSTRAINT pk_bounce PRIMARY KEY (id),
  CONSTRAINT uq_bounce_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_bounce_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT ck_bounce_address_shape CHECK (address = lower(address) AND address ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
  CONSTRAINT ck_bounce_kind CHECK (kind IN ('bounced', 'complained')));
CREATE UNIQUE INDEX uq_bounce_standing ON bounce (org_id, address) WHERE lifted_at IS NULL;
CREATE INDEX ix_notification_mailed ON notification (provider_ref) WHERE provider_ref IS NOT NULL;

ALTER TABLE bounce ENABLE ROW LEVEL SECURITY;
ALTER TABLE bounce FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON bounce TO cf_owner USING (true) WITH CHECK (true);
CREATE POLICY gate ON bounce TO cf_gate USING (true) WITH CHECK (true);
CREATE POLICY tenant ON bounce TO cf_app, cf_worker USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id());
CREATE POLICY signer ON bounce AS RESTRICTIVE TO cf_app, cf_worker
  USING (app_document_id() IS NULL) WITH CHECK (app_document_id() IS NULL);
CREATE POLICY platform ON bounce AS RESTRICTIVE TO cf_app, cf_worker USING (NOT app_is_platform());
GRANT SELECT, INSERT, UPDATE (lifted_at) ON bounce TO cf_app, cf_worker;
GRANT SELECT (org_id, address, lifted_at), UPDATE (lifted_at), DELETE ON bounce TO cf_gate;
GRANT SELECT (provider_ref) ON notification TO cf_gate;
"""

# Both run inside a gate: the one that confirms an address, and the one that erases an organisation.
TRIGGERS = """
CREATE FUNCTION lift_bounces() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE bounce SET lifted_at = now() WHERE address = NEW.email AND lifted_at IS NULL;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION lift_bounces() FROM PUBLIC;
CREATE TRIGGER lift_bounces AFTER UPDATE OF email_verified_at ON app_user
  FOR EACH ROW WHEN (OLD.email_verified_at IS DISTINCT FROM NEW.email_verified_at AND NEW.email_verified_at IS NOT NULL)
  EXECUTE FUNCTION lift_bounces();

CREATE FUNCTION erase_bounces() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM bounce WHERE org_id = NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION erase_bounces() FROM PUBLIC;
CREATE TRIGGER erase_bounces AFTER UPDATE OF deleted_at ON org
  FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION erase_bounces();
"""

GATE = """
-- Whose mail it was. The Message-ID is a hash of 128 bits, which only its receivers and our vendor have seen.
CREATE FUNCTION gate_mailed(p_message_id text) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT n.org_id, n.id FROM notification n
   WHERE n.provider_ref = p_message_id AND p_message_id <> '' AND n.channel = 'email' ORDER BY n.id DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION gate_mailed(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_mailed(text) TO cf_app, cf_worker;
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(TRIGGERS)
    _as_gate(GATE)


def downgrade() -> None:
    _as_gate("DROP FUNCTION gate_mailed(text)")
    op.execute("DROP TRIGGER lift_bounces ON app_user")
    op.execute("DROP TRIGGER erase_bounces ON org")
    op.execute("DROP FUNCTION lift_bounces(), erase_bounces()")
    op.execute("REVOKE SELECT (provider_ref) ON notification FROM cf_gate")
    op.execute("DROP INDEX ix_notification_mailed")
    op.execute("DROP TABLE bounce")


def _as_gate(statements: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statements)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
