"""Second factors: passkeys and remembered devices, and the gates through which alone they are reached.

What a person does to their own factors is about `app_user_id()`, whatever is asked; only what the door needs before there
is a session takes a person as an argument.
"""

from alembic import op

revision = "0022_factors"
down_revision = "0021_platform_organisations"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE passkey (
  id            uuid DEFAULT uuidv7() NOT NULL,
  created_at    timestamptz DEFAULT now() NOT NULL,
  user_id       uuid NOT NULL,
  credential_id bytea NOT NULL,
  public_key    bytea NOT NULL,
  sign_count    bigint DEFAULT 0 NOT NULL,
  name          varchar(80) NOT NULL,
  transports    varchar(120) DEFAULT '' NOT NULL,
  is_synced     boolean DEFAULT false NOT NULL,
  last_used_at  timestamptz,
  CONSTRAINT pk_passkey PRIMARY KEY (id),
  CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id),
  CONSTRAINT fk_passkey_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
  CONSTRAINT ck_passkey_credential_id_size CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  CONSTRAINT ck_passkey_sign_count_not_negative CHECK (sign_count >= 0));
CREATE INDEX ix_passkey_user_id ON passkey (user_id);

CREATE TABLE trusted_device (
  id           uuid DEFAULT uuidv7() NOT NULL,
  created_at   timestamptz DEFAULT now() NOT NULL,
  user_id      uuid NOT NULL,
  token_hash   bytea NOT NULL,
  ip           inet,
  user_agent   varchar(500) DEFAULT '' NOT NULL,
  last_used_at timestamptz DEFAULT now() NOT NULL,
  expires_at   timestamptz NOT NULL,
  CONSTRAINT pk_trusted_device PRIMARY KEY (id),
  CONSTRAINT uq_trusted_device_token_hash UNIQUE (token_hash),
  CONSTRAINT fk_trusted_device_user_id FOREIGN KEY (user_id) REFERENCES app_user (id),
  CONSTRAINT ck_trusted_device_token_hash_size CHECK (octet_length(token_hash) = 32));
CREATE INDEX ix_trusted_device_user_id ON trusted_device (user_id);
"""
OWN = ("passkey", "trusted_device")

# fmt: off
SEES = {
    #                    what the gates see and write besides
    "org":               "SELECT (require_2fa)",
    "user_credential":   "SELECT (totp_secret_enc, totp_enabled_at, totp_last_step, recovery_hashes),"
                         " UPDATE (totp_secret_enc, totp_enabled_at, totp_last_step, recovery_hashes)",
    "passkey":           "SELECT, INSERT, UPDATE, DELETE",
    "trusted_device":    "SELECT, INSERT, UPDATE, DELETE",
}
# fmt: on

# Whoever changed the password may be somebody who had lost it: nobody's browser is trusted any more.
FORGETTING = """
CREATE FUNCTION forget_trusted_devices() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM trusted_device WHERE user_id = NEW.user_id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_trusted_devices AFTER UPDATE OF password_hash ON user_credential
  FOR EACH ROW WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash) EXECUTE FUNCTION forget_trusted_devices();
"""

DOOR = """
CREATE FUNCTION gate_has_factor(p_user_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM user_credential c WHERE c.user_id = p_user_id AND c.totp_enabled_at IS NOT NULL)
      OR EXISTS (SELECT FROM passkey k WHERE k.user_id = p_user_id)
$$;

-- Whether somebody has a second factor, and whether the organisation asks for one: read for every event, always one row.
CREATE FUNCTION gate_factor_standing(p_user_id uuid, p_org_id uuid)
RETURNS TABLE (has_factor boolean, needs_factor boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM user_credential c WHERE c.user_id = p_user_id AND c.totp_enabled_at IS NOT NULL)
      OR EXISTS (SELECT FROM passkey k WHERE k.user_id = p_user_id),
         EXISTS (SELECT FROM org o WHERE o.id = p_org_id AND o.require_2fa)
$$;

CREATE FUNCTION gate_factors(p_user_id uuid)
RETURNS TABLE (email text, name text, password_hash text, totp_secret_enc bytea, totp_enabled_at timestamptz,
               recovery_left int, passkeys int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.email::text, u.name::text, c.password_hash::text, c.totp_secret_enc, c.totp_enabled_at,
         cardinality(c.recovery_hashes), (SELECT count(*)::int FROM passkey k WHERE k.user_id = u.id)
    FROM app_user u JOIN user_credential c ON c.user_id = u.id
   WHERE u.id = p_user_id AND u.deleted_at IS NULL
$$;

-- A code is worth one use: of two with the same time step one is refused, whoever comes second.
CREATE FUNCTION gate_totp_used(p_user_id uuid, p_step bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE user_credential SET totp_last_step = p_step
   WHERE user_id = p_user_id AND totp_enabled_at IS NOT NULL AND coalesce(totp_last_step, 0) < p_step;
  RETURN FOUND;
END $$;

-- How many are left; NULL when there was none like it.
CREATE FUNCTION gate_recovery_used(p_user_id uuid, p_hash bytea) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE user_credential SET recovery_hashes = array_remove(recovery_hashes, p_hash)
   WHERE user_id = p_user_id AND p_hash = ANY (recovery_hashes)
  RETURNING cardinality(recovery_hashes)
$$;

CREATE FUNCTION gate_passkeys(p_user_id uuid)
RETURNS TABLE (id uuid, credential_id bytea, name text, transports text, is_synced boolean, created_at timestamptz,
               last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.id, k.credential_id, k.name::text, k.transports::text, k.is_synced, k.created_at, k.last_used_at
    FROM passkey k WHERE k.user_id = p_user_id ORDER BY k.id
$$;

CREATE FUNCTION gate_passkey(p_credential_id bytea)
RETURNS TABLE (id uuid, user_id uuid, public_key bytea, sign_count bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT k.id, k.user_id, k.public_key, k.sign_count, k.name::text
    FROM passkey k JOIN app_user u ON u.id = k.user_id
   WHERE k.credential_id = p_credential_id AND u.deleted_at IS NULL
$$;

-- False when it was used in the meantime, or is gone: of two answers with the same count one is refused.
CREATE FUNCTION gate_passkey_used(p_id uuid, p_before bigint, p_count bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE passkey SET sign_count = p_count, last_used_at = now() WHERE id = p_id AND sign_count = p_before;
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_device_trusted(p_user_id uuid, p_hash bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE trusted_device SET last_used_at = now()
   WHERE user_id = p_user_id AND token_hash = p_hash AND expires_at > now();
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_device_trust(p_user_id uuid, p_hash bytea, p_ip text, p_user_agent text, p_until timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM trusted_device WHERE user_id = p_user_id AND expires_at <= now();
  INSERT INTO trusted_device (user_id, token_hash, ip, user_agent, expires_at)
  VALUES (p_user_id, p_hash, nullif(p_ip, '')::inet, left(p_user_agent, 500), p_until);
END $$;
"""

ONES_OWN = """
-- Nothing left to recover, and nothing that a trusted browser could leave out.
CREATE FUNCTION gate_factors_settle() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT gate_has_factor(app_user_id()) THEN
    UPDATE user_credential SET recovery_hashes = '{}' WHERE user_id = app_user_id();
    DELETE FROM trusted_device WHERE user_id = app_user_id();
  END IF;
END $$;

CREATE FUNCTION gate_totp_offer(p_secret_enc bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE user_credential SET totp_secret_enc = p_secret_enc
   WHERE user_id = app_user_id() AND totp_enabled_at IS NULL;
  RETURN FOUND;
END $$;

-- False when another secret was offered since, or one is in use already.
CREATE FUNCTION gate_totp_enable(p_secret_enc bytea, p_step bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE user_credential SET totp_enabled_at = now(), totp_last_step = p_step
   WHERE user_id = app_user_id() AND totp_enabled_at IS NULL AND totp_secret_enc = p_secret_enc;
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_totp_remove() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE user_credential SET totp_secret_enc = NULL, totp_enabled_at = NULL, totp_last_step = NULL
   WHERE user_id = app_user_id() AND totp_enabled_at IS NOT NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM gate_factors_settle();
  RETURN true;
END $$;

CREATE FUNCTION gate_recovery_renew(p_hashes bytea[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE user_credential SET recovery_hashes = p_hashes
   WHERE user_id = app_user_id() AND gate_has_factor(app_user_id());
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_passkey_add(p_credential_id bytea, p_public_key bytea, p_sign_count bigint, p_name text,
                                 p_transports text, p_is_synced boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO passkey (user_id, credential_id, public_key, sign_count, name, transports, is_synced)
  VALUES (app_user_id(), p_credential_id, p_public_key, p_sign_count, p_name, left(p_transports, 120), p_is_synced)
  ON CONFLICT (credential_id) DO NOTHING;
  RETURN FOUND;
END $$;

CREATE FUNCTION gate_passkey_rename(p_id uuid, p_name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE passkey SET name = p_name WHERE id = p_id AND user_id = app_user_id();
  RETURN FOUND;
END $$;

-- Its name; NULL when it is not there, or not theirs.
CREATE FUNCTION gate_passkey_remove(p_id uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE v_name text;
BEGIN
  DELETE FROM passkey WHERE id = p_id AND user_id = app_user_id() RETURNING name INTO v_name;
  IF FOUND THEN PERFORM gate_factors_settle(); END IF;
  RETURN v_name;
END $$;

CREATE FUNCTION gate_trusted_devices()
RETURNS TABLE (id uuid, user_agent text, ip text, created_at timestamptz, last_used_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT d.id, d.user_agent::text, host(d.ip), d.created_at, d.last_used_at, d.expires_at
    FROM trusted_device d WHERE d.user_id = app_user_id() AND d.expires_at > now() ORDER BY d.last_used_at DESC
$$;

CREATE FUNCTION gate_device_forget(p_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM trusted_device WHERE id = p_id AND user_id = app_user_id();
  RETURN FOUND;
END $$;
"""

FUNCTIONS = (
    "gate_device_forget(uuid)",
    "gate_trusted_devices()",
    "gate_passkey_remove(uuid)",
    "gate_passkey_rename(uuid, text)",
    "gate_passkey_add(bytea, bytea, bigint, text, text, boolean)",
    "gate_recovery_renew(bytea[])",
    "gate_totp_remove()",
    "gate_totp_enable(bytea, bigint)",
    "gate_totp_offer(bytea)",
    "gate_factors_settle()",
    "gate_device_trust(uuid, bytea, text, text, timestamptz)",
    "gate_device_trusted(uuid, bytea)",
    "gate_passkey_used(uuid, bigint, bigint)",
    "gate_passkey(bytea)",
    "gate_passkeys(uuid)",
    "gate_recovery_used(uuid, bytea)",
    "gate_totp_used(uuid, bigint)",
    "gate_factors(uuid)",
    "gate_factor_standing(uuid, uuid)",
    "gate_has_factor(uuid)",
)


def upgrade() -> None:
    op.execute(TABLES)
    for table in OWN:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY migrations ON {table} TO cf_owner USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY gate ON {table} TO cf_gate USING (true) WITH CHECK (true)")
    for table, grants in SEES.items():
        op.execute(f"GRANT {grants} ON {table} TO cf_gate")
    op.execute(FORGETTING)
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(DOOR)
    op.execute(ONES_OWN)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_app")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")


def downgrade() -> None:
    op.execute("SET LOCAL ROLE cf_gate")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("DROP TRIGGER forget_trusted_devices ON user_credential")
    op.execute("DROP FUNCTION forget_trusted_devices()")
    for table, grants in SEES.items():
        op.execute(f"REVOKE {grants} ON {table} FROM cf_gate")
    for table in reversed(OWN):
        op.execute(f"DROP TABLE {table}")
