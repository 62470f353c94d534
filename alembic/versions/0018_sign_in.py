"""Sign-in: an address belongs to whoever proves it, links prove it, and nobody's wrong passwords rest an account.

Until somebody has opened the link in the mail, an address is only a claim: any number of people may make it, so that
signing up tells nobody which addresses are known. Wrong passwords are counted in Redis, by account and browser.
"""

from alembic import op

revision = "0018_sign_in"
down_revision = "0017_sessions"
branch_labels = None
depends_on = None

# fmt: off
SEES = {
    #                  what the gates see and write besides
    "app_user":        "UPDATE (email)",
    "one_time_token":  "SELECT (user_id), INSERT (id, purpose, email, user_id, token_hmac, expires_at),"
                       " UPDATE (used_at, revoked_at)",
}
# fmt: on

PURPOSES = "'invite', 'verify_email', 'change_email', 'reset_password', 'portal_link', 'signing_otp'"

CHANGED = """
DROP FUNCTION gate_credentials(text);
DROP FUNCTION gate_login_failed(uuid);
DROP FUNCTION gate_register(uuid, text, text, text);
DROP FUNCTION gate_email_verified(uuid);

-- Whose the address is, before those in `p_known` who only claim it: a browser that knows somebody says so.
CREATE FUNCTION gate_credentials(p_email text, p_known uuid[])
RETURNS TABLE (user_id uuid, name text, password_hash text, is_confirmed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.id, u.name::text, c.password_hash::text, u.email_verified_at IS NOT NULL
    FROM app_user u JOIN user_credential c ON c.user_id = u.id
   WHERE u.email = lower(p_email) AND u.deleted_at IS NULL
     AND (u.email_verified_at IS NOT NULL OR u.id = ANY(p_known))
   ORDER BY u.email_verified_at IS NULL, u.id DESC LIMIT 2
$$;

CREATE FUNCTION gate_password_of(p_user_id uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.password_hash::text FROM app_user u JOIN user_credential c ON c.user_id = u.id
   WHERE u.id = p_user_id AND u.deleted_at IS NULL
$$;

CREATE FUNCTION gate_register(p_user_id uuid, p_email text, p_name text, p_password_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO app_user (id, email, name) VALUES (p_user_id, lower(p_email), p_name);
  INSERT INTO user_credential (user_id, password_hash) VALUES (p_user_id, p_password_hash);
$$;

CREATE OR REPLACE FUNCTION gate_login_succeeded(p_user_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE app_user SET last_login_at = now() WHERE id = p_user_id
$$;

CREATE OR REPLACE FUNCTION gate_change_password(p_user_id uuid, p_password_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE user_credential SET password_hash = p_password_hash WHERE user_id = p_user_id
$$;

-- The same password under stronger settings; not when it was changed in the meantime.
CREATE FUNCTION gate_rehash_password(p_user_id uuid, p_old text, p_new text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE user_credential SET password_hash = p_new WHERE user_id = p_user_id AND password_hash = p_old
$$;

-- False when somebody else has proved this address; nothing is changed then.
CREATE FUNCTION gate_email_verified(p_user_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE app_user SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = p_user_id;
  RETURN true;
EXCEPTION WHEN unique_violation THEN RETURN false;
END $$;

CREATE FUNCTION gate_change_email(p_user_id uuid, p_email text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE app_user SET email = lower(p_email), email_verified_at = now() WHERE id = p_user_id;
  RETURN true;
EXCEPTION WHEN unique_violation THEN RETURN false;
END $$;
"""

# A link of a person belongs to no organisation: only these see it. A new one ends the older ones of its purpose.
LINKS = """
CREATE FUNCTION gate_issue_link(p_id uuid, p_purpose text, p_user_id uuid, p_email text, p_hash bytea, p_life interval)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM FROM user_credential WHERE user_id = p_user_id FOR UPDATE;
  UPDATE one_time_token SET revoked_at = now() WHERE user_id = p_user_id AND org_id IS NULL AND purpose = p_purpose
     AND used_at IS NULL AND revoked_at IS NULL;
  INSERT INTO one_time_token (id, purpose, email, user_id, token_hmac, expires_at)
  VALUES (p_id, p_purpose, lower(p_email), p_user_id, p_hash, now() + p_life);
END $$;

-- `state`: open, used, revoked or expired.
CREATE FUNCTION gate_link(p_hash bytea)
RETURNS TABLE (id uuid, purpose text, user_id uuid, email text, present_email text, name text, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id, t.purpose::text, t.user_id, t.email::text, u.email::text, u.name::text,
         CASE WHEN t.used_at IS NOT NULL THEN 'used' WHEN t.revoked_at IS NOT NULL THEN 'revoked'
              WHEN t.expires_at <= now() THEN 'expired' ELSE 'open' END
    FROM one_time_token t JOIN app_user u ON u.id = t.user_id
   WHERE t.token_hmac = p_hash AND t.org_id IS NULL AND u.deleted_at IS NULL
$$;

-- True for exactly one of those who use it.
CREATE FUNCTION gate_use_link(p_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE one_time_token SET used_at = now() WHERE id = p_id AND org_id IS NULL
     AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now();
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_revoke_links(p_user_id uuid, p_purposes text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE one_time_token SET revoked_at = now() WHERE user_id = p_user_id AND org_id IS NULL
     AND purpose = ANY(p_purposes) AND used_at IS NULL AND revoked_at IS NULL
$$;

-- The address a person waits for, if they asked to change theirs.
CREATE FUNCTION gate_awaited_email() RETURNS TABLE (email text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.email::text, t.expires_at FROM one_time_token t
   WHERE t.user_id = app_user_id() AND t.org_id IS NULL AND t.purpose = 'change_email'
     AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()
$$;
"""
NEW = (
    "gate_credentials(text, uuid[])",
    "gate_password_of(uuid)",
    "gate_register(uuid, text, text, text)",
    "gate_rehash_password(uuid, text, text)",
    "gate_email_verified(uuid)",
    "gate_change_email(uuid, text)",
    "gate_issue_link(uuid, text, uuid, text, bytea, interval)",
    "gate_link(bytea)",
    "gate_use_link(uuid)",
    "gate_revoke_links(uuid, text[])",
    "gate_awaited_email()",
)

BEFORE = """
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

CREATE OR REPLACE FUNCTION gate_login_succeeded(p_user_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE user_credential SET failed_logins = 0, locked_until = NULL WHERE user_id = p_user_id;
  UPDATE app_user SET last_login_at = now() WHERE id = p_user_id;
END $$;

CREATE FUNCTION gate_email_verified(p_user_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE app_user SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = p_user_id
$$;

CREATE OR REPLACE FUNCTION gate_change_password(p_user_id uuid, p_password_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE user_credential SET password_hash = p_password_hash, failed_logins = 0, locked_until = NULL
   WHERE user_id = p_user_id
$$;
"""
BEFORE_NAMES = (
    "gate_credentials(text)",
    "gate_register(uuid, text, text, text)",
    "gate_login_failed(uuid)",
    "gate_email_verified(uuid)",
)


def upgrade() -> None:
    op.execute(
        "UPDATE app_user SET email_verified_at = created_at WHERE email_verified_at IS NULL"
    )  # were unique
    op.drop_constraint("uq_app_user_email", "app_user")
    op.create_index(
        "uq_app_user_email",
        "app_user",
        ["email"],
        unique=True,
        postgresql_where="email_verified_at IS NOT NULL",
    )
    _say_purposes(f"{PURPOSES}, 'undo_email'")
    for table, grants in SEES.items():
        op.execute(f"GRANT {grants} ON {table} TO cf_gate")
    _as_gate(CHANGED + LINKS, NEW)
    op.execute(
        "REVOKE UPDATE (failed_logins, locked_until), SELECT (failed_logins, locked_until) ON user_credential FROM cf_gate"
    )
    op.drop_column("user_credential", "failed_logins")
    op.drop_column("user_credential", "locked_until")


def downgrade() -> None:
    op.execute(
        "ALTER TABLE user_credential ADD failed_logins integer NOT NULL DEFAULT 0, ADD locked_until timestamptz"
    )
    op.execute(
        "GRANT SELECT (failed_logins, locked_until), UPDATE (failed_logins, locked_until) ON user_credential TO cf_gate"
    )
    drops = "".join(f"DROP FUNCTION {function};" for function in NEW)
    _as_gate(drops + BEFORE, BEFORE_NAMES)
    for table, grants in SEES.items():
        op.execute(f"REVOKE {grants} ON {table} FROM cf_gate")
    op.execute("DELETE FROM one_time_token WHERE purpose = 'undo_email'")
    _say_purposes(PURPOSES)
    op.drop_index("uq_app_user_email", "app_user")
    op.create_unique_constraint("uq_app_user_email", "app_user", ["email"])


def _say_purposes(purposes: str) -> None:
    op.execute("ALTER TABLE one_time_token DROP CONSTRAINT ck_one_time_token_purpose")
    op.execute(
        f"ALTER TABLE one_time_token ADD CONSTRAINT ck_one_time_token_purpose CHECK (purpose IN ({purposes}))"
    )


def _as_gate(statements: str, functions: tuple[str, ...]) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(statements)
    for function in functions:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_app, cf_worker")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
