"""Comments are threads: settled and opened again, edited, deleted, and written once however often the button is pressed.

A client reads what is shared with them, adds in their own name, and changes nothing. What members say to each other
stays theirs in the trail and in the mails as well.
"""

from alembic import op

revision = "0037_comments"
down_revision = "0036_endpoints"
branch_labels = None
depends_on = None

EDGES = [("comment", "open", "resolved"), ("comment", "resolved", "open")]

TABLE = """
ALTER TABLE comment DROP CONSTRAINT ck_comment_body_length, DROP CONSTRAINT ck_comment_state,
  DROP CONSTRAINT ck_comment_suggestion_decided, DROP COLUMN suggestion;
ALTER TABLE comment ADD COLUMN deleted_at timestamptz, ADD COLUMN key varchar(80),
  ADD COLUMN kind varchar(24) NOT NULL DEFAULT 'comment';
ALTER TABLE comment
  ADD CONSTRAINT uq_comment_org_id_document_id_key UNIQUE (org_id, document_id, key),
  ADD CONSTRAINT ck_comment_kind CHECK (kind IN ('comment', 'change_request')),
  ADD CONSTRAINT ck_comment_state CHECK (state IN ('open', 'resolved')),
  ADD CONSTRAINT ck_comment_body_length CHECK (
    length(body) BETWEEN 1 AND 10000 AND deleted_at IS NULL OR body = '' AND deleted_at IS NOT NULL);
"""
BACK = """
DELETE FROM comment WHERE deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM comment c WHERE c.parent_id = comment.id);
UPDATE comment SET body = 'deleted', deleted_at = NULL WHERE deleted_at IS NOT NULL;
ALTER TABLE comment DROP CONSTRAINT ck_comment_body_length, DROP CONSTRAINT ck_comment_state,
  DROP CONSTRAINT ck_comment_kind, DROP CONSTRAINT uq_comment_org_id_document_id_key;
ALTER TABLE comment DROP COLUMN deleted_at, DROP COLUMN key, DROP COLUMN kind, ADD COLUMN suggestion jsonb;
ALTER TABLE comment
  ADD CONSTRAINT ck_comment_body_length CHECK (length(body) BETWEEN 1 AND 10000),
  ADD CONSTRAINT ck_comment_state CHECK (state IN ('open', 'resolved', 'accepted', 'rejected')),
  ADD CONSTRAINT ck_comment_suggestion_decided CHECK (state IN ('open', 'resolved') OR suggestion IS NOT NULL);
"""

NO_CLIENT = "app_document_id() IS NULL"
OWN_NAME = f"""{NO_CLIENT} OR EXISTS (
  SELECT FROM signer s WHERE s.id = app_signer_id()
     AND (s.contact_id = comment.contact_id OR s.member_id = comment.member_id))"""
AMONG_MEMBERS = (
    "'mentioned', 'commented', 'approval_request', 'approval_decided', 'changes_requested', 'review_ended'"
)
POLICIES = {
    ("comment", "signer_adds_own"): f"FOR INSERT TO cf_app, cf_worker WITH CHECK ({OWN_NAME})",
    ("comment", "signer_changes_none"): f"FOR UPDATE TO cf_app, cf_worker USING ({NO_CLIENT})",
    ("audit_event", "signer_sees_no_talk"):
        f"FOR SELECT TO cf_app, cf_worker USING ({NO_CLIENT} OR action NOT LIKE 'comment:%')",
    ("notification", "signer_sees_no_talk"):
        f"FOR SELECT TO cf_app, cf_worker USING ({NO_CLIENT} OR kind NOT IN ({AMONG_MEMBERS}))",
}  # fmt: skip


def upgrade() -> None:
    op.execute(TABLE)
    add_edges()
    for moment, name in (("UPDATE OF state", ""), ("INSERT", "_starts")):
        op.execute(
            f"CREATE TRIGGER a_workflow_comment{name} BEFORE {moment} ON comment"
            " FOR EACH ROW EXECUTE FUNCTION workflow_guard('comment', 'state', 'open')"
        )
    for (table, name), rule in POLICIES.items():
        op.execute(f"CREATE POLICY {name} ON {table} AS RESTRICTIVE {rule}")


def add_edges() -> None:
    known = [tuple(edge) for edge in op.get_bind().exec_driver_sql("SELECT * FROM workflow_edges()")]
    every = known + [edge for edge in EDGES if edge not in known]
    values = ",\n".join(f"    ('{machine}', '{source}', '{target}')" for machine, source, target in every)
    op.execute(
        "CREATE OR REPLACE FUNCTION workflow_edges() RETURNS TABLE (machine text, source text, target text)\n"
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ VALUES\n"
        f"{values}\n$$"
    )


def downgrade() -> None:
    """The edges stay: no machine is left that walks them."""
    for table, name in POLICIES:
        op.execute(f"DROP POLICY {name} ON {table}")
    op.execute("DROP TRIGGER a_workflow_comment ON comment")
    op.execute("DROP TRIGGER a_workflow_comment_starts ON comment")
    op.execute(BACK)
