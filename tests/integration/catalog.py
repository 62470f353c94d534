"""What the database's catalogue must not hold: each check is a query for the names of what came without its guard."""

from __future__ import annotations

from typing import Final

_PUBLIC = "'public'::regnamespace"
_RELATION = f"FROM pg_class c WHERE c.relnamespace = {_PUBLIC} AND c.relname <> 'alembic_version'"
_NO_WALLS = "('cf_app', 'cf_worker')"

CHECKS: Final[dict[str, str]] = {
    "a table that does not force row security": f"""
        SELECT c.relname {_RELATION} AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)""",
    "a table that somebody else owns": f"""
        SELECT c.relname {_RELATION} AND c.relkind IN ('r', 'p') AND pg_get_userbyid(c.relowner) <> 'cf_owner'""",
    "a table without a policy for its tenant": f"""
        SELECT c.relname {_RELATION} AND c.relkind IN ('r', 'p')
           AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id')
           AND EXISTS (SELECT FROM information_schema.column_privileges g WHERE g.table_name = c.relname
                          AND g.table_schema = 'public' AND g.grantee IN {_NO_WALLS})
           AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.permissive = 'PERMISSIVE'
                              AND coalesce(p.qual, p.with_check) ~ 'app_(org|user)_id\\(\\)')""",
    "a policy that lets the app past its tenant": """
        SELECT p.tablename || '.' || p.policyname FROM pg_policies p
         WHERE p.schemaname = 'public' AND p.permissive = 'PERMISSIVE'
           AND (p.roles && ARRAY['cf_app', 'cf_worker', 'public']::name[])
           AND coalesce(p.qual, '') || coalesce(p.with_check, '') !~ '(app_org_id|app_user_id)\\(\\)'""",
    "a policy whose check is wider than what it shows": """
        SELECT p.tablename || '.' || p.policyname FROM pg_policies p
         WHERE p.schemaname = 'public' AND p.permissive = 'PERMISSIVE' AND p.with_check IS NOT NULL
           AND (p.roles && ARRAY['cf_app', 'cf_worker', 'public']::name[])
           AND p.with_check !~ '(app_org_id|app_user_id)\\(\\)'""",
    "a key between organisations that does not carry them": f"""
        SELECT conname FROM pg_constraint k WHERE contype = 'f' AND connamespace = {_PUBLIC}
           AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = k.confrelid AND attname = 'org_id')
           AND NOT EXISTS (
             SELECT FROM unnest(k.conkey, k.confkey) pair(here, there)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here AND a.attname = 'org_id'
               JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there AND b.attname = 'org_id')""",
    "a key that nothing checks": f"""
        SELECT conname FROM pg_constraint WHERE contype IN ('f', 'c') AND connamespace = {_PUBLIC} AND NOT convalidated""",
    "a function that runs as somebody else and is not the gates'": f"""
        SELECT p.proname FROM pg_proc p WHERE p.pronamespace = {_PUBLIC} AND p.prosecdef
           AND (pg_get_userbyid(p.proowner) <> 'cf_gate' OR has_function_privilege('public', p.oid, 'EXECUTE')
                OR NOT coalesce(p.proconfig, '{{}}') @> ARRAY['search_path=pg_catalog, public, pg_temp'])""",
    "a function whose names somebody else could give": f"""
        SELECT proname FROM pg_proc WHERE pronamespace = {_PUBLIC} AND prosqlbody IS NULL
           AND coalesce(array_to_string(proconfig, ','), '') !~ 'search_path'""",
    "a function in a language that leaves the database": f"""
        SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
         WHERE p.pronamespace = {_PUBLIC} AND l.lanname NOT IN ('sql', 'plpgsql')""",
    "a sweep that the web may call": f"""
        SELECT p.proname FROM pg_proc p WHERE p.pronamespace = {_PUBLIC} AND p.proname ~ '^gate_(due|expiring)'
           AND has_function_privilege('cf_app', p.oid, 'EXECUTE')""",
    "a view, which reads as its owner": f"""
        SELECT c.relname {_RELATION} AND c.relkind IN ('v', 'm')
           AND NOT coalesce(c.reloptions, '{{}}') @> ARRAY['security_invoker=true']""",
    "a sequence, whose numbers tell how many there are": f"""
        SELECT c.relname {_RELATION} AND c.relkind = 'S'""",
    "a foreign table": f"""SELECT c.relname {_RELATION} AND c.relkind = 'f'""",
    "a grant to everybody": f"""
        SELECT c.relname FROM pg_class c, aclexplode(c.relacl) g WHERE c.relnamespace = {_PUBLIC} AND g.grantee = 0""",
    "a right to delete, empty or refer": f"""
        SELECT c.relname || ': ' || g.privilege_type || ' to ' || g.grantee::regrole
          FROM pg_class c, aclexplode(c.relacl) g WHERE c.relnamespace = {_PUBLIC}
           AND g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE') AND g.grantee <> c.relowner
           AND NOT (g.privilege_type = 'DELETE' AND g.grantee::regrole::text = 'cf_gate')""",
    "an operator who writes": """
        SELECT table_name || '.' || column_name FROM information_schema.column_privileges
         WHERE table_schema = 'public' AND grantee = 'cf_ops' AND privilege_type <> 'SELECT'""",
    "a grant that can be passed on": f"""
        SELECT c.relname || ' to ' || g.grantee::regrole FROM pg_class c, aclexplode(c.relacl) g
         WHERE c.relnamespace = {_PUBLIC} AND g.is_grantable AND g.grantee <> c.relowner""",
    "a grant that comes by itself with new things": """
        SELECT defaclrole::regrole::text FROM pg_default_acl""",
    "a trigger that is switched off": f"""
        SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE c.relnamespace = {_PUBLIC} AND t.tgenabled = 'D'""",
    "a role of ours that is too strong": """
        SELECT rolname FROM pg_roles WHERE rolname ~ '^cf_'
           AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolcanlogin)""",
    "a role that inherits another's rights": """
        SELECT m.member::regrole || ' has ' || m.roleid::regrole FROM pg_auth_members m
         WHERE m.roleid::regrole::text ~ '^cf_' AND m.inherit_option""",
}

BAD: Final[dict[str, str]] = {
    "a table that does not force row security": "CREATE TABLE bare (id int); ALTER TABLE bare ENABLE ROW LEVEL SECURITY",
    "a table that somebody else owns": "CREATE TABLE bare (id int)",
    "a table without a policy for its tenant": """
        CREATE TABLE bare (org_id uuid); ALTER TABLE bare ENABLE ROW LEVEL SECURITY; GRANT SELECT ON bare TO cf_app""",
    "a policy that lets the app past its tenant": "CREATE POLICY bare ON lead FOR SELECT TO cf_app USING (true)",
    "a policy whose check is wider than what it shows": """
        CREATE POLICY bare ON lead TO cf_worker USING (org_id = app_org_id()) WITH CHECK (true)""",
    "a key between organisations that does not carry them": """
        ALTER TABLE lead ADD CONSTRAINT bare FOREIGN KEY (client_id) REFERENCES client (id)""",
    "a key that nothing checks": "ALTER TABLE lead ADD CONSTRAINT bare CHECK (id IS NOT NULL) NOT VALID",
    "a function that runs as somebody else and is not the gates'": """
        CREATE FUNCTION bare() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
          AS 'SELECT 1'""",
    "a function whose names somebody else could give": """
        CREATE FUNCTION bare() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'""",
    "a function in a language that leaves the database": """
        CREATE FUNCTION bare() RETURNS text LANGUAGE internal SET search_path = pg_catalog AS 'pgsql_version'""",
    "a sweep that the web may call": """
        CREATE FUNCTION gate_due_bare() RETURNS int LANGUAGE sql RETURN 1""",
    "a view, which reads as its owner": "CREATE VIEW bare AS SELECT * FROM lead",
    "a sequence, whose numbers tell how many there are": "CREATE SEQUENCE bare",
    "a foreign table": """
        CREATE FOREIGN DATA WRAPPER bare; CREATE SERVER bare FOREIGN DATA WRAPPER bare;
        CREATE FOREIGN TABLE bare (id int) SERVER bare""",
    "a grant to everybody": "CREATE TABLE bare (id int); GRANT SELECT ON bare TO PUBLIC",
    "a right to delete, empty or refer": "GRANT DELETE ON lead TO cf_app",
    "an operator who writes": "GRANT UPDATE (name) ON lead TO cf_ops",
    "a grant that can be passed on": "GRANT SELECT ON lead TO cf_app WITH GRANT OPTION",
    "a grant that comes by itself with new things": "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO cf_app",
    "a trigger that is switched off": "ALTER TABLE audit_event DISABLE TRIGGER append_only",
    "a role of ours that is too strong": "ALTER ROLE cf_app BYPASSRLS",
    "a role that inherits another's rights": "GRANT cf_owner TO cf_app WITH INHERIT TRUE",
}
"""For each check, something it must find."""
