"""Full-text search: one narrow row of words for each document, invoice, client and project, kept by triggers.

Every word stands after a mark of its organisation, its kind and its place: `3f9a1bdnwebsite`. The index is so divided
among the organisations: a prefix typed in one never walks through the words of the others, and no operator that is not
leakproof has to wait for a policy. Nobody has a grant on the table; `gate_search` alone reads it, for the organisation
of the transaction. Places: `n` in a name, `a` anywhere, `c` the id of the client it belongs to.
"""

from alembic import op

revision = "0035_search"
down_revision = "0034_logos"
branch_labels = None
depends_on = None

# Out of line, so that a hit is found by its id without unpacking its words. Without a list of pending entries, which
# every search would have to read to its end.
TABLE = """
CREATE TABLE search_entry (
  org_id uuid NOT NULL CONSTRAINT fk_search_entry_org_id REFERENCES org (id),
  kind varchar(24) NOT NULL CONSTRAINT ck_search_entry_kind CHECK (kind IN ('document', 'invoice', 'client', 'project')),
  entity_id uuid NOT NULL,
  words tsvector NOT NULL,
  CONSTRAINT pk_search_entry PRIMARY KEY (org_id, kind, entity_id)
) WITH (toast_tuple_target = 128);
CREATE INDEX ix_search_entry_words ON search_entry USING gin (words) WITH (fastupdate = off);
ALTER TABLE search_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON search_entry TO cf_owner USING (true) WITH CHECK (true);
CREATE POLICY gate ON search_entry TO cf_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON search_entry TO cf_gate;
"""

# Letters without their accents, in small; what is neither letter nor digit parts words. Unicode's own rules, whatever
# the locale of the server. `simple`: no language is guessed, no word is too common, and prefixes find the endings.
WORDS = r"""
CREATE FUNCTION search_words(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT tsvector_to_array(to_tsvector('simple', regexp_replace(translate(
    lower(normalize(p_text, NFKD) COLLATE "pg_c_utf8"),
    E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\u00a0\u00a7\u00ab\u00b0\u00b7\u00bb\u2010\u2011\u2012\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u2039\u203a\u20ac\u2192',
    repeat(' ', 55)), '[\u0300-\u036f]+', '', 'g')))
$$;

CREATE FUNCTION search_mark(p_org_id uuid, p_kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT left(md5(p_org_id::text), 6) || left(p_kind, 1)
$$;

CREATE FUNCTION search_entry_words(p_org_id uuid, p_kind text, p_name text, p_text text, p_client_id uuid) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT array_to_tsvector(array_remove(array(
    SELECT search_mark(p_org_id, p_kind) || 'n' || left(w, 60) FROM unnest(search_words(p_name)) w
    UNION SELECT search_mark(p_org_id, p_kind) || 'a' || left(w, 60)
      FROM unnest(search_words(p_name || ' ' || left(p_text, 150000))) w)
    || (search_mark(p_org_id, p_kind) || 'c' || replace(p_client_id::text, '-', '')), NULL))
$$;

CREATE FUNCTION search_version_text(p_content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.text || ' ' || coalesce((SELECT string_agg(v.value, ' ')
      FROM jsonb_each_text(p_content::jsonb -> 'variables') v WHERE strpos(t.text, v.key) > 0), '')
    FROM (SELECT coalesce(string_agg(b ->> 'md', ' '), '') AS text FROM jsonb_array_elements(p_content::jsonb -> 'blocks') b) t
$$;
"""

KEEP = """
CREATE FUNCTION search_keep(p_org_id uuid, p_kind text, p_id uuid, p_name text, p_text text, p_client_id uuid) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO search_entry AS e (org_id, kind, entity_id, words)
  VALUES (p_org_id, p_kind, p_id, search_entry_words(p_org_id, p_kind, p_name, p_text, p_client_id))
  ON CONFLICT (org_id, kind, entity_id) DO UPDATE SET words = EXCLUDED.words WHERE e.words <> EXCLUDED.words
$$;

CREATE FUNCTION search_forget() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM search_entry e WHERE e.org_id = OLD.org_id AND e.kind = TG_TABLE_NAME AND e.entity_id = OLD.id;
  RETURN NULL;
END $$;

-- What is erased is searched for by nobody, though some of it has to be kept.
CREATE FUNCTION search_forget_org() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM search_entry e WHERE e.org_id = NEW.id;
  RETURN NULL;
END $$;

-- A version and the document that names it come in either order; whichever is second finds the other.
CREATE FUNCTION search_document() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_text text := '';
BEGIN
  IF NEW.deleted_at IS NOT NULL THEN
    DELETE FROM search_entry e WHERE e.org_id = NEW.org_id AND e.kind = 'document' AND e.entity_id = NEW.id;
    RETURN NULL;
  END IF;
  IF NEW.current_version_id IS NOT NULL THEN
    SELECT search_version_text(v.content) INTO v_text FROM document_version v WHERE v.id = NEW.current_version_id;
    IF NOT FOUND THEN RETURN NULL; END IF;
  END IF;
  PERFORM search_keep(NEW.org_id, 'document', NEW.id, NEW.title || ' ' || NEW.number, v_text, NEW.client_id);
  RETURN NULL;
END $$;

CREATE FUNCTION search_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM search_keep(d.org_id, 'document', d.id, d.title || ' ' || d.number, search_version_text(NEW.content), d.client_id)
     FROM document d WHERE d.id = NEW.document_id AND d.current_version_id = NEW.id AND d.deleted_at IS NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION search_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM search_keep(NEW.org_id, 'invoice', NEW.id, coalesce(NEW.number, '') || ' ' || NEW.label, '', NEW.client_id);
  RETURN NULL;
END $$;

CREATE FUNCTION search_project() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM search_keep(NEW.org_id, 'project', NEW.id, NEW.name, '', NEW.client_id);
  RETURN NULL;
END $$;

CREATE FUNCTION search_client() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM search_keep(c.org_id, 'client', c.id,
    c.name || ' ' || coalesce((SELECT string_agg(k.name || ' ' || k.email, ' ') FROM contact k
                                WHERE k.client_id = c.id AND k.org_id = c.org_id), ''), '', c.id)
     FROM client c WHERE c.id = CASE TG_TABLE_NAME WHEN 'client' THEN (to_jsonb(coalesce(NEW, OLD)) ->> 'id')::uuid
                                     ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'client_id')::uuid END;
  RETURN NULL;
END $$;
"""

# The newest of what fits, by key. A word that many of the newest hold is answered from those; a rarer one from the index,
# whose hits are few enough to be put in order. So neither the commonest word nor the rarest walks through everything.
# A client's own words stand for all that is theirs, so that a client may be renamed without touching it.
GATE = """
-- Of all the ways to the hits only the index of words is open: a condition inside coalesce() is no other index's.
CREATE FUNCTION search_hits(p_org_id uuid, p_kind text, p_query tsquery, p_before uuid, p_limit int)
RETURNS TABLE (id uuid, found int)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
  WITH hits AS MATERIALIZED (
    SELECT e.entity_id FROM search_entry e
     WHERE e.words @@ p_query AND coalesce(e.org_id = p_org_id AND e.kind = p_kind
       AND e.entity_id < coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), false))
  SELECT h.entity_id, (count(*) OVER ())::int FROM hits h ORDER BY h.entity_id DESC LIMIT p_limit
$$;

CREATE FUNCTION gate_search(p_kind text, p_text text, p_named boolean, p_before uuid, p_limit int)
RETURNS TABLE (id uuid, found int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
ROWS 20 SET plan_cache_mode = force_custom_plan SET enable_seqscan = off AS $$
DECLARE
  v_org uuid := app_org_id();
  v_mark text := search_mark(app_org_id(), p_kind) || CASE WHEN p_named THEN 'n' ELSE 'a' END;
  v_query tsquery;
  v_word text;
  v_term text;
  v_ids uuid[];
BEGIN
  IF v_org IS NULL OR app_document_id() IS NOT NULL OR app_is_platform() OR p_limit NOT BETWEEN 1 AND 100 THEN
    RETURN;
  END IF;
  FOREACH v_word IN ARRAY coalesce((search_words(left(p_text, 200)))[1:8], '{}') LOOP
    v_term := quote_literal(v_mark || left(v_word, 60)) || CASE WHEN length(v_word) > 1 THEN ':*' ELSE '' END;
    IF p_kind <> 'client' AND length(v_word) > 1 THEN
      SELECT v_term || coalesce(string_agg(' | ' || quote_literal(search_mark(v_org, p_kind) || 'c' || replace(c.id::text, '-', '')), ''), '')
        INTO v_term FROM gate_search('client', v_word, true, NULL, 20) c;
    END IF;
    v_query := CASE WHEN v_query IS NULL THEN v_term::tsquery ELSE v_query && v_term::tsquery END;
  END LOOP;
  IF v_query IS NULL THEN
    RETURN;
  END IF;
  SELECT array_agg(w.entity_id) INTO v_ids FROM (
    SELECT n.entity_id FROM (
      SELECT e.entity_id, e.words FROM search_entry e
       WHERE e.org_id = v_org AND e.kind = p_kind
         AND e.entity_id < coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
       ORDER BY e.entity_id DESC LIMIT 200) n
     WHERE n.words @@ v_query LIMIT p_limit) w;
  IF cardinality(v_ids) = p_limit THEN
    RETURN QUERY SELECT i, NULL::int FROM unnest(v_ids) i;
    RETURN;
  END IF;
  RETURN QUERY SELECT h.id, h.found FROM search_hits(v_org, p_kind, v_query, p_before, p_limit) h;
END $$;
"""

# fmt: off
SEES = {
    #                    what the search besides sees, to know the words
    "document":          "SELECT (title, number, client_id, current_version_id)",
    "document_version":  "SELECT (id, content)",
    "client":            "SELECT (name)",
    "contact":           "SELECT (name, email)",
}
TRIGGERS = (
    # on                 when                                                                              does
    ("document",         "INSERT OR UPDATE OF title, number, client_id, current_version_id, deleted_at",   "search_document"),
    ("document_version", "INSERT",                                                                         "search_version"),
    ("invoice",          "INSERT OR UPDATE OF number, label, client_id",                                   "search_invoice"),
    ("project",          "INSERT OR UPDATE OF name, client_id",                                            "search_project"),
    ("client",           "INSERT OR UPDATE OF name",                                                       "search_client"),
    ("contact",          "INSERT OR UPDATE OF name, email OR DELETE",                                      "search_client"),
)
# fmt: on
FORGETS = ("document", "invoice", "project", "client")
PURE = (
    "search_words(text)",
    "search_mark(uuid, text)",
    "search_entry_words(uuid, text, text, text, uuid)",
    "search_version_text(text)",
)
OF_THE_GATE = (
    "search_keep(uuid, text, uuid, text, text, uuid)",
    "search_forget()",
    "search_forget_org()",
    "search_document()",
    "search_version()",
    "search_invoice()",
    "search_project()",
    "search_client()",
    "search_hits(uuid, text, tsquery, uuid, int)",
)
SEARCH = "gate_search(text, text, boolean, uuid, int)"

FILL = """
INSERT INTO search_entry (org_id, kind, entity_id, words)
SELECT d.org_id, 'document', d.id, search_entry_words(d.org_id, 'document', d.title || ' ' || d.number,
       coalesce(search_version_text(v.content), ''), d.client_id)
  FROM document d LEFT JOIN document_version v ON v.id = d.current_version_id WHERE d.deleted_at IS NULL
UNION ALL
SELECT i.org_id, 'invoice', i.id, search_entry_words(i.org_id, 'invoice', coalesce(i.number, '') || ' ' || i.label, '', i.client_id)
  FROM invoice i
UNION ALL
SELECT p.org_id, 'project', p.id, search_entry_words(p.org_id, 'project', p.name, '', p.client_id) FROM project p
UNION ALL
SELECT c.org_id, 'client', c.id, search_entry_words(c.org_id, 'client', c.name || ' ' || coalesce(
       (SELECT string_agg(k.name || ' ' || k.email, ' ') FROM contact k WHERE k.client_id = c.id), ''), '', c.id)
  FROM client c
"""


OF_CLIENT = """
CREATE INDEX ix_document_of_client ON document (org_id, client_id, updated_at, id) WHERE deleted_at IS NULL
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(OF_CLIENT)
    op.execute(WORDS)
    for function in PURE:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO cf_gate")
    for table, grants in SEES.items():
        op.execute(f"GRANT {grants} ON {table} TO cf_gate")
    as_gate(KEEP, GATE)
    op.execute(FILL)


def as_gate(*statements: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    for statement in statements:
        op.execute(statement)
    for function in (*OF_THE_GATE, SEARCH):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SEARCH} TO cf_app, cf_worker")
    for function in {does for _, _, does in TRIGGERS} | {"search_forget", "search_forget_org"}:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function}() TO cf_owner")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
    for table, moment, does in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER z_search AFTER {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {does}()"
        )
    for table in FORGETS:
        op.execute(
            f"CREATE TRIGGER z_search_forget AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION search_forget()"
        )
    op.execute(
        "CREATE TRIGGER z_search_forget AFTER UPDATE OF deleted_at ON org FOR EACH ROW"
        " WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION search_forget_org()"
    )


def downgrade() -> None:
    for table, _, _ in TRIGGERS:
        op.execute(f"DROP TRIGGER z_search ON {table}")
    for table in (*FORGETS, "org"):
        op.execute(f"DROP TRIGGER z_search_forget ON {table}")
    op.execute("SET LOCAL ROLE cf_gate")
    for function in (SEARCH, *OF_THE_GATE):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("SET LOCAL ROLE cf_owner")
    for table, grants in SEES.items():
        op.execute(f"REVOKE {grants} ON {table} FROM cf_gate")
    for function in reversed(PURE):
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP INDEX ix_document_of_client")
    op.execute("DROP TABLE search_entry")
