"""Gates: the few questions that are asked before, or across, an organisation.

Each is one function that runs as cf_gate, which sees only the columns it needs and which nobody can log in as.
"""

from alembic import op

revision = "0008_gates"
down_revision = "0007_security"
branch_labels = None
depends_on = None

# fmt: off
SEES = {
    #                    all that the gates may see, and write, in any organisation
    "org":               "SELECT (id, name, deleted_at)",
    "app_user":          "SELECT (id, email, name, email_verified_at, deleted_at), INSERT (id, email, name),"
                         " UPDATE (last_login_at, email_verified_at)",
    "user_credential":   "SELECT (user_id, password_hash, failed_logins, locked_until), INSERT (user_id, password_hash),"
                         " UPDATE (password_hash, failed_logins, locked_until)",
    "membership":        "SELECT (id, org_id, user_id, role, status)",
    "auth_session":      "SELECT (family_id, revoked_at),"
                         " INSERT (family_id, subject_kind, user_id, org_id, ip, user_agent), UPDATE (revoked_at, revoke_reason)",
    "one_time_token":    "SELECT (id, org_id, purpose, email, role, token_hmac, expires_at, used_at, revoked_at, created_by)",
    "document":          "SELECT (id, org_id, status, verify_code, expires_at, signed_at, deleted_at)",
    "signer":            "SELECT (id, org_id, document_id, status, token_hmac, token_expires_at)",
    "invoice":           "SELECT (id, org_id, document_id, status, trigger, pay_token_hmac)",
    "artifact":          "SELECT (document_id, kind)",
    "draft_job":         "SELECT (id, org_id, status, attempt, queued_at, next_attempt_at, lease_expires_at)",
    "notification":      "SELECT (id, org_id, status, channel, next_attempt_at)",
    "webhook_event":     "SELECT (id, status, occurred_at, next_attempt_at)",
}
# fmt: on

SIGN_IN = """
CREATE FUNCTION gate_credentials(p_email text)
RETURNS TABLE (user_id uuid, name text, password_hash text, failed_logins int, locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.name::text, c.password_hash::text, c.failed_logins, c.locked_until
    FROM app_user u JOIN user_credential c ON c.user_id = u.id
   WHERE u.email = lower(p_email) AND u.deleted_at IS NULL
$$;

-- False when somebody has this address already; nothing is changed then.
CREATE FUNCTION gate_register(p_user_id uuid, p_email text, p_name text, p_password_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO app_user (id, email, name) VALUES (p_user_id, lower(p_email), p_name) ON CONFLICT (email) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO user_credential (user_id, password_hash) VALUES (p_user_id, p_password_hash);
  RETURN true;
END $$;

-- From the fifth wrong password on the account rests, twice as long each time, at most a quarter of an hour.
CREATE FUNCTION gate_login_failed(p_user_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE user_credential
     SET failed_logins = failed_logins + 1,
         locked_until = CASE WHEN failed_logins >= 4
           THEN now() + least(interval '15 minutes', interval '30 seconds' * power(2, least(failed_logins, 20) - 4)) END
   WHERE user_id = p_user_id
$$;

CREATE FUNCTION gate_login_succeeded(p_user_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE user_credential SET failed_logins = 0, locked_until = NULL WHERE user_id = p_user_id;
  UPDATE app_user SET last_login_at = now() WHERE id = p_user_id;
END $$;

CREATE FUNCTION gate_email_verified(p_user_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE app_user SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = p_user_id
$$;

CREATE FUNCTION gate_change_password(p_user_id uuid, p_password_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE user_credential SET password_hash = p_password_hash, failed_logins = 0, locked_until = NULL
   WHERE user_id = p_user_id
$$;

CREATE FUNCTION gate_memberships(p_user_id uuid)
RETURNS TABLE (org_id uuid, org_name text, membership_id uuid, role text, user_name text, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT o.id, o.name::text, m.id, m.role::text, u.name::text, m.status::text
    FROM membership m JOIN org o ON o.id = m.org_id JOIN app_user u ON u.id = m.user_id
   WHERE m.user_id = p_user_id AND o.deleted_at IS NULL AND u.deleted_at IS NULL
   ORDER BY m.id
$$;

CREATE FUNCTION gate_session_opened(p_family_id uuid, p_user_id uuid, p_org_id uuid, p_ip text, p_user_agent text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO auth_session (family_id, subject_kind, user_id, org_id, ip, user_agent)
  VALUES (p_family_id, 'user', p_user_id, p_org_id, nullif(p_ip, '')::inet, left(p_user_agent, 500))
$$;

CREATE FUNCTION gate_session_ended(p_family_id uuid, p_reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE auth_session SET revoked_at = now(), revoke_reason = left(p_reason, 80)
   WHERE family_id = p_family_id AND revoked_at IS NULL
$$;
"""

LINKS = """
CREATE FUNCTION gate_invitation(p_token_hash bytea)
RETURNS TABLE (id uuid, org_id uuid, org_name text, email text, role text, expires_at timestamptz,
               used_at timestamptz, revoked_at timestamptz, inviter_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id, t.org_id, o.name::text, t.email::text, t.role::text, t.expires_at, t.used_at, t.revoked_at, u.name::text
    FROM one_time_token t JOIN org o ON o.id = t.org_id LEFT JOIN app_user u ON u.id = t.created_by
   WHERE t.token_hmac = p_token_hash AND t.purpose = 'invite' AND o.deleted_at IS NULL
$$;

-- Also for a document that has ended: its page says how. Not for a link that was taken back or has run out.
CREATE FUNCTION gate_signing_link(p_token_hash bytea)
RETURNS TABLE (org_id uuid, document_id uuid, signer_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.org_id, s.document_id, s.id
    FROM signer s JOIN document d ON d.id = s.document_id
   WHERE s.token_hmac = p_token_hash AND s.status NOT IN ('waiting', 'removed', 'delegated')
     AND (s.token_expires_at IS NULL OR s.token_expires_at > now() OR s.status IN ('signed', 'expired', 'declined'))
     AND d.deleted_at IS NULL
$$;

CREATE FUNCTION gate_invoice_link(p_token_hash bytea)
RETURNS TABLE (org_id uuid, document_id uuid, invoice_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.org_id, i.document_id, i.id FROM invoice i
   WHERE i.pay_token_hmac = p_token_hash AND i.status <> 'scheduled'
$$;

CREATE FUNCTION gate_verify_code(p_code text) RETURNS TABLE (org_id uuid, document_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT d.org_id, d.id FROM document d WHERE d.verify_code = p_code AND d.deleted_at IS NULL
$$;
"""

# What is due, in every organisation. They change nothing: a job's id makes waking twice the same as once,
# and the conditional claim of the row decides who does it.
SWEEPS = """
CREATE FUNCTION gate_due_drafts(p_limit int) RETURNS TABLE (org_id uuid, id uuid, attempt int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT j.org_id, j.id, j.attempt FROM draft_job j
   WHERE (j.status = 'queued' AND coalesce(j.next_attempt_at, j.queued_at + interval '1 second') <= now())
      OR (j.status = 'retry_wait' AND j.next_attempt_at <= now())
      OR (j.status = 'running' AND j.lease_expires_at < now())
   ORDER BY j.queued_at LIMIT p_limit
$$;

CREATE FUNCTION gate_due_notifications(p_limit int) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT n.org_id, n.id FROM notification n
   WHERE n.status = 'queued' AND n.channel <> 'in_app' AND n.next_attempt_at <= now()
   ORDER BY n.next_attempt_at LIMIT p_limit
$$;

-- A month of trying; after that a person has to look, and the sweep stays quick.
CREATE FUNCTION gate_due_seals(p_limit int) RETURNS TABLE (org_id uuid, document_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT d.org_id, d.id FROM document d
   WHERE d.status IN ('signed', 'paid') AND d.signed_at > now() - interval '30 days'
     AND NOT EXISTS (SELECT FROM artifact a WHERE a.document_id = d.id AND a.kind = 'sealed_pdf')
   ORDER BY d.signed_at LIMIT p_limit
$$;

CREATE FUNCTION gate_due_webhooks(p_limit int) RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT e.id FROM webhook_event e
   WHERE e.status = 'received' AND (e.next_attempt_at IS NULL OR e.next_attempt_at <= now())
   ORDER BY e.occurred_at LIMIT p_limit
$$;

CREATE FUNCTION gate_expiring_documents(p_limit int) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT d.org_id, d.id FROM document d
   WHERE d.status = 'sent' AND d.expires_at <= now() ORDER BY d.expires_at LIMIT p_limit
$$;

CREATE FUNCTION gate_due_invoices(p_limit int) RETURNS TABLE (org_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT i.org_id, i.id FROM invoice i LEFT JOIN document d ON d.id = i.document_id
   WHERE i.status = 'scheduled' AND (d.id IS NULL OR d.status IN ('signed', 'paid'))
     AND CASE i.trigger ->> 'on'
           WHEN 'signature' THEN d.id IS NOT NULL
           WHEN 'date' THEN i.trigger ->> 'date' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
                            AND i.trigger ->> 'date' <= to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')
           ELSE false END
   ORDER BY i.id LIMIT p_limit
$$;
"""

FOR_EVERYBODY = (
    "gate_credentials(text)",
    "gate_register(uuid, text, text, text)",
    "gate_login_failed(uuid)",
    "gate_login_succeeded(uuid)",
    "gate_email_verified(uuid)",
    "gate_change_password(uuid, text)",
    "gate_memberships(uuid)",
    "gate_session_opened(uuid, uuid, uuid, text, text)",
    "gate_session_ended(uuid, text)",
    "gate_invitation(bytea)",
    "gate_signing_link(bytea)",
    "gate_invoice_link(bytea)",
    "gate_verify_code(text)",
)
FOR_WORKERS = (
    "gate_due_drafts(int)",
    "gate_due_notifications(int)",
    "gate_due_seals(int)",
    "gate_due_webhooks(int)",
    "gate_expiring_documents(int)",
    "gate_due_invoices(int)",
)


def upgrade() -> None:
    for table, grants in SEES.items():
        op.execute(f"CREATE POLICY gate ON {table} TO cf_gate USING (true) WITH CHECK (true)")
        op.execute(f"GRANT {grants} ON {table} TO cf_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(SIGN_IN)
    op.execute(LINKS)
    op.execute(SWEEPS)
    for function in (*FOR_EVERYBODY, *FOR_WORKERS):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in FOR_EVERYBODY:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_app, cf_worker")
    for function in FOR_WORKERS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_worker")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE cf_gate")
    for function in (*FOR_EVERYBODY, *FOR_WORKERS):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("SET LOCAL ROLE cf_owner")
    for table, grants in SEES.items():
        op.execute(f"DROP POLICY gate ON {table}")
        op.execute(f"REVOKE {grants} ON {table} FROM cf_gate")
