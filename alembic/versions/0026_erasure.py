"""An organisation is erased thirty days after its owner asked for it: everything but what the law wants kept.

Kept are documents that somebody signed or that were invoiced, with who signed them and what was sealed; issued invoices
with their payments; the clients on them; and the audit trail. Rows that nobody else may delete are deleted by one
function, for the organisation it is asked about by our own worker, when it is due and no legal hold stands.
"""

from alembic import op

revision = "0026_erasure"
down_revision = "0025_organisations"
branch_labels = None
depends_on = None

# fmt: off
ERASES = {
    #                    what the gate besides needs of a table to erase in it
    "org":               "UPDATE (slug, tax_id, billing_address, brand, deleted_at)",
    "membership":        "UPDATE (role, status)",
    "ownership_offer":   "DELETE, SELECT (org_id)",
    "auth_session":      "DELETE",
    "one_time_token":    "DELETE",
    "template":          "DELETE, SELECT (org_id)",
    "lead":              "DELETE, SELECT (org_id)",
    "project":           "DELETE, SELECT (org_id)",
    "client":            "DELETE, UPDATE (website, notes, tags), SELECT (id, org_id)",
    "contact":           "DELETE, SELECT (id, org_id, client_id)",
    "document":          "DELETE, UPDATE (project_id, template_id, brief, parent_id, relation),"
                         " SELECT (client_id, parent_id)",
    "document_version":  "DELETE, SELECT (org_id, document_id)",
    "draft_job":         "DELETE",
    "draft_attempt":     "DELETE",
    "approval":          "DELETE, SELECT (org_id, document_id)",
    "comment":           "DELETE, SELECT (org_id)",
    "signer":            "DELETE, SELECT (contact_id)",
    "signature":         "SELECT (org_id, document_id)",
    "artifact":          "DELETE, SELECT (org_id, invoice_id)",
    "invoice":           "DELETE, UPDATE (project_id), SELECT (client_id)",
    "notification":      "DELETE",
    "webhook_event":     "DELETE, SELECT (org_id)",
}
NEW_TO_GATES = ("ownership_offer", "template", "lead", "project", "client", "contact", "document_version", "approval",
                "comment", "signature")
# fmt: on

DUE = """
CREATE FUNCTION gate_due_erasures(p_limit int) RETURNS TABLE (org_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.id FROM org o
   WHERE o.deletion_requested_at <= now() - interval '30 days' AND NOT o.legal_hold AND o.deleted_at IS NULL
   ORDER BY o.deletion_requested_at LIMIT p_limit
$$;
"""

ERASE = """
CREATE FUNCTION gate_erase_org(p_org_id uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  kept uuid[];
  gone int;
BEGIN
  PERFORM FROM org o WHERE o.id = p_org_id AND p_org_id = app_org_id() AND o.deleted_at IS NULL AND NOT o.legal_hold
     AND o.deletion_requested_at <= now() - interval '30 days';
  IF NOT FOUND THEN
    PERFORM refuse('erasure_due', 'this organisation is not to be erased');
  END IF;
  SELECT coalesce(array_agg(d.id), '{}') INTO kept FROM document d WHERE d.org_id = p_org_id AND (
    EXISTS (SELECT FROM signature s WHERE s.document_id = d.id)
    OR EXISTS (SELECT FROM invoice i WHERE i.document_id = d.id AND i.status <> 'scheduled'));

  DELETE FROM notification WHERE org_id = p_org_id;
  DELETE FROM one_time_token WHERE org_id = p_org_id;
  DELETE FROM webhook_event WHERE org_id = p_org_id;
  DELETE FROM ownership_offer WHERE org_id = p_org_id;
  DELETE FROM auth_session WHERE org_id = p_org_id;
  DELETE FROM comment WHERE org_id = p_org_id;
  DELETE FROM draft_attempt WHERE org_id = p_org_id;
  DELETE FROM draft_job WHERE org_id = p_org_id;
  DELETE FROM invoice WHERE org_id = p_org_id AND status = 'scheduled';
  DELETE FROM artifact WHERE org_id = p_org_id AND invoice_id IS NULL
     AND (document_id IS NULL OR document_id <> ALL (kept));
  DELETE FROM approval WHERE org_id = p_org_id AND document_id <> ALL (kept);
  DELETE FROM signer WHERE org_id = p_org_id AND document_id <> ALL (kept);
  UPDATE document SET project_id = NULL, template_id = NULL, brief = '{}' WHERE org_id = p_org_id;
  UPDATE document SET parent_id = NULL, relation = NULL
   WHERE org_id = p_org_id AND parent_id IS NOT NULL AND parent_id <> ALL (kept);
  UPDATE invoice SET project_id = NULL WHERE org_id = p_org_id;
  -- A document and its versions refer to each other; that is checked at the commit.
  DELETE FROM document_version WHERE org_id = p_org_id AND document_id <> ALL (kept);
  DELETE FROM document WHERE org_id = p_org_id AND id <> ALL (kept);
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM lead WHERE org_id = p_org_id;
  DELETE FROM project WHERE org_id = p_org_id;
  DELETE FROM template WHERE org_id = p_org_id;
  DELETE FROM contact c WHERE c.org_id = p_org_id AND NOT EXISTS (SELECT FROM signer s WHERE s.contact_id = c.id);
  DELETE FROM client c WHERE c.org_id = p_org_id
     AND NOT EXISTS (SELECT FROM document d WHERE d.client_id = c.id)
     AND NOT EXISTS (SELECT FROM invoice i WHERE i.client_id = c.id);
  UPDATE client SET website = NULL, notes = NULL, tags = '{}' WHERE org_id = p_org_id;
  UPDATE org SET slug = 'erased-' || right(replace(p_org_id::text, '-', ''), 20), tax_id = NULL,
         billing_address = '{}', brand = '{}', settings = '{}', deleted_at = now() WHERE id = p_org_id;
  UPDATE membership SET role = 'admin' WHERE org_id = p_org_id AND role = 'owner';
  UPDATE membership SET status = 'removed' WHERE org_id = p_org_id AND status <> 'removed';
  RETURN jsonb_build_object('documents_erased', gone, 'documents_kept', cardinality(kept));
END $$;
"""

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN{unless}
  RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME;
END $$;
"""
# Nobody can be cf_gate but its functions, of which one deletes.
UNLESS_ERASING = """
  IF TG_OP = 'DELETE' AND current_user = 'cf_gate' AND TG_TABLE_NAME IN ('document_version', 'draft_attempt') THEN
    RETURN OLD;
  END IF;"""

FUNCTIONS = ("gate_erase_org(uuid)", "gate_due_erasures(int)")


def upgrade() -> None:
    for table in NEW_TO_GATES:
        op.execute(f"CREATE POLICY gate ON {table} TO cf_gate USING (true) WITH CHECK (true)")
    for table, grants in ERASES.items():
        op.execute(f"GRANT {grants} ON {table} TO cf_gate")
    op.execute("GRANT EXECUTE ON FUNCTION refuse(text, text) TO cf_gate")
    op.execute(APPEND_ONLY.format(unless=UNLESS_ERASING))
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(DUE)
    op.execute(ERASE)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_worker")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE cf_gate")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute(APPEND_ONLY.format(unless=""))
    op.execute("REVOKE EXECUTE ON FUNCTION refuse(text, text) FROM cf_gate")
    for table, grants in ERASES.items():
        op.execute(f"REVOKE {grants} ON {table} FROM cf_gate")
    for table in NEW_TO_GATES:
        op.execute(f"DROP POLICY gate ON {table}")
