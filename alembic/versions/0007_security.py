"""Row-level security: who sees which rows, and what each role may do to them.

Forced, so that it binds the owner as well. Without an organisation set, every table is empty.
"""

from alembic import op

revision = "0007_security"
down_revision = "0006_operations"
branch_labels = None
depends_on = None

# `app_org_id()` stays bare in the policies: the planner looks through an inlined stable function at the tenant's real
# size. Wrapped in (SELECT …) it assumes an average one (measured: 76 ms instead of 0.4 ms).
# NULLIF: a setting made for one transaction reads as '' in the connection's later ones.
CONTEXT = """
CREATE FUNCTION app_org_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.org_id', true), '')::uuid;
CREATE FUNCTION app_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.user_id', true), '')::uuid;
CREATE FUNCTION app_document_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.document_id', true), '')::uuid;
CREATE FUNCTION app_signer_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.signer_id', true), '')::uuid;
"""
DROP_CONTEXT = "DROP FUNCTION app_org_id(), app_user_id(), app_document_id(), app_signer_id()"

ORG_COLUMNS = (
    "slug, name, legal_name, tax_id, billing_address, country, timezone, locale, default_currency, brand, settings,"
    " require_2fa, contract_seq, deletion_requested_at, updated_at"
)

# fmt: off
TENANT = {
    #                    what the app and the workers may do to their own organisation's rows
    "org":               f"SELECT, INSERT, UPDATE ({ORG_COLUMNS})",
    "membership":        "SELECT, INSERT, UPDATE",
    "one_time_token":    "SELECT, INSERT, UPDATE",
    "subscription":      "SELECT, INSERT, UPDATE",
    "client":            "SELECT, INSERT, UPDATE",
    "contact":           "SELECT, INSERT, UPDATE",
    "project":           "SELECT, INSERT, UPDATE",
    "lead":              "SELECT, INSERT, UPDATE",
    "template":          "SELECT, INSERT, UPDATE",
    "document":          "SELECT, INSERT, UPDATE",
    "document_version":  "SELECT, INSERT",
    "draft_job":         "SELECT, INSERT, UPDATE",
    "approval":          "SELECT, INSERT, UPDATE",
    "comment":           "SELECT, INSERT, UPDATE",
    "signer":            "SELECT, INSERT, UPDATE",
    "signature":         "SELECT, INSERT",
    "artifact":          "SELECT, INSERT, UPDATE (storage_key, content, scan_state, purged_at)",
    "invoice":           "SELECT, INSERT, UPDATE",
    "payment":           "SELECT, INSERT, UPDATE",
    "notification":      "SELECT, INSERT, UPDATE",
    "audit_event":       "SELECT",
    "audit_head":        "SELECT",
}

SIGNER = {
    #                    what is left of it for a signer, who holds a session for one document
    "document":          "id = app_document_id()",
    "document_version":  "id = (SELECT d.sent_version_id FROM document d WHERE d.id = app_document_id())",
    "signer":            "document_id = app_document_id()",
    "signature":         "document_id = app_document_id()",
    "invoice":           "document_id = app_document_id()",
    "payment":           "invoice_id IN (SELECT i.id FROM invoice i WHERE i.document_id = app_document_id())",
    "comment":           "document_id = app_document_id() AND visibility = 'shared'",
    "artifact":          "document_id = app_document_id() OR kind = 'logo'"
                         " OR invoice_id IN (SELECT i.id FROM invoice i WHERE i.document_id = app_document_id())",
    "audit_event":       "document_id = app_document_id()",
    "notification":      "document_id = app_document_id()",
    "one_time_token":    "subject_id = app_signer_id()",
    "client":            "id = (SELECT d.client_id FROM document d WHERE d.id = app_document_id())",
    "contact":           "client_id = (SELECT d.client_id FROM document d WHERE d.id = app_document_id())",
    "project":           "false",
    "lead":              "false",
    "template":          "false",
    "draft_job":         "false",
    "approval":          "false",
    "auth_session":      "false",
    "webhook_event":     "false",
}

# What operators may read across organisations: states and counts, never what a document says or proves.
OPS = ("org", "membership", "app_user", "auth_session", "subscription", "document", "draft_job", "invoice", "payment",
       "notification", "webhook_event", "audit_event", "audit_head")
# fmt: on

OTHERS = ("app_user", "user_credential", "auth_session", "webhook_event")
EVERY = (*TENANT, *OTHERS)

PEOPLE = """
CREATE POLICY colleagues ON app_user FOR SELECT TO cf_app, cf_worker
  USING (id = app_user_id() OR EXISTS (SELECT FROM membership m WHERE m.user_id = app_user.id));
CREATE POLICY oneself ON app_user FOR UPDATE TO cf_app, cf_worker
  USING (id = app_user_id()) WITH CHECK (id = app_user_id());
GRANT SELECT, UPDATE (name, locale, timezone) ON app_user TO cf_app, cf_worker;

CREATE POLICY oneself ON auth_session FOR SELECT TO cf_app, cf_worker
  USING (user_id = app_user_id() AND (org_id IS NULL OR org_id = app_org_id()));
GRANT SELECT ON auth_session TO cf_app, cf_worker;
"""

# A webhook arrives before anybody knows whose it is: the web process may leave it, only a worker may open it.
INBOX = """
CREATE POLICY deliver ON webhook_event FOR INSERT TO cf_app
  WITH CHECK (org_id IS NULL OR org_id = app_org_id());
CREATE POLICY tenant ON webhook_event FOR SELECT TO cf_app USING (org_id = app_org_id());
CREATE POLICY open ON webhook_event TO cf_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON webhook_event TO cf_app;
GRANT SELECT, INSERT, UPDATE ON webhook_event TO cf_worker;
"""


def upgrade() -> None:
    op.execute(CONTEXT)
    for table in EVERY:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY migrations ON {table} TO cf_owner USING (true) WITH CHECK (true)")
    for table, grants in TENANT.items():
        own = f"{'id' if table == 'org' else 'org_id'} = app_org_id()"
        op.execute(f"CREATE POLICY tenant ON {table} TO cf_app, cf_worker USING ({own}) WITH CHECK ({own})")
        op.execute(f"GRANT {grants} ON {table} TO cf_app, cf_worker")
    op.execute(PEOPLE)
    op.execute(INBOX)
    for table, limit in SIGNER.items():
        rule = f"app_document_id() IS NULL OR {limit}"
        op.execute(
            f"CREATE POLICY signer ON {table} AS RESTRICTIVE TO cf_app, cf_worker USING ({rule}) WITH CHECK ({rule})"
        )
    for table in OPS:
        op.execute(f"CREATE POLICY operators ON {table} FOR SELECT TO cf_ops USING (true)")
        op.execute(f"GRANT SELECT ON {table} TO cf_ops")
    op.execute("GRANT SELECT ON alembic_version TO cf_app, cf_worker, cf_ops")  # for /api/health/ready


def downgrade() -> None:
    op.execute("REVOKE ALL ON alembic_version FROM cf_app, cf_worker, cf_ops")
    op.execute("""
        DO $$ DECLARE rule record; BEGIN
          FOR rule IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
            EXECUTE format('DROP POLICY %I ON %I', rule.policyname, rule.tablename);
          END LOOP;
        END $$""")
    for table in EVERY:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM cf_app, cf_worker, cf_ops")
    for column in (*ORG_COLUMNS.split(", "),):
        op.execute(f"REVOKE ALL ({column}) ON org FROM cf_app, cf_worker")
    op.execute(DROP_CONTEXT)
