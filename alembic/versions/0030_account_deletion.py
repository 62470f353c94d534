"""A person's own account ends: what identifies them at the door goes, what they wrote and signed keeps their name."""

from alembic import op

revision = "0030_account_deletion"
down_revision = "0029_leftovers_of_drafts"
branch_labels = None
depends_on = None

# Only for the person who acts, and only when they belong nowhere any more: the verb takes their last place in the same
# transaction. The address is free again; the id stays, because documents and the trail name it.
DELETE = """
CREATE FUNCTION gate_delete_account() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE app_user u SET email = u.id || '@deleted.invalid', email_verified_at = NULL, deleted_at = now()
   WHERE u.id = app_user_id() AND u.deleted_at IS NULL
     AND NOT EXISTS (SELECT FROM membership m JOIN org o ON o.id = m.org_id
                      WHERE m.user_id = u.id AND m.status <> 'removed' AND o.deleted_at IS NULL);
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE user_credential SET password_hash = NULL, totp_secret_enc = NULL, totp_enabled_at = NULL,
         totp_last_step = NULL, recovery_hashes = '{}' WHERE user_id = app_user_id();
  DELETE FROM passkey WHERE user_id = app_user_id();
  DELETE FROM trusted_device WHERE user_id = app_user_id();
  UPDATE one_time_token SET revoked_at = now() WHERE user_id = app_user_id() AND used_at IS NULL AND revoked_at IS NULL;
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION gate_delete_account() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gate_delete_account() TO cf_app, cf_worker;
"""


def upgrade() -> None:
    op.execute("GRANT UPDATE (deleted_at) ON app_user TO cf_gate")
    _as_gate(DELETE)


def downgrade() -> None:
    _as_gate("DROP FUNCTION gate_delete_account()")
    op.execute("REVOKE UPDATE (deleted_at) ON app_user FROM cf_gate")


def _as_gate(statement: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statement)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
