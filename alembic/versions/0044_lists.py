"""Lists, searches and counts that take as long in an organisation of a hundred thousand documents as in one of a hundred.

Three things stood in the way: the planner took every restrictive policy for one that lets a two-hundredth through; words
that many documents say were put in order before the newest were taken; and some of what waits had no index of its own.
"""

from alembic import context, op

revision = "0044_lists"
down_revision = "0043_unseen_comments"
branch_labels = None
depends_on = None

# `app_document_id() IS NULL OR …` is true for every member, and guessed to be true for 1 row in 200: plans were made for
# next to nothing. Of a CASE the planner guesses 1 in 2. It lets the same rows through, also where the rest is NULL.
GUESSED_WELL = r"""
DO $$
DECLARE
  p record;
  v_rest text;
BEGIN
  FOR p IN SELECT tablename, policyname, qual FROM pg_policies
            WHERE permissive = 'RESTRICTIVE' AND qual ~ '^\(+app_document_id\(\) IS NULL\)' LOOP
    v_rest := regexp_replace(p.qual, '^\(*app_document_id\(\) IS NULL\)( OR (.*)\))?$', '\2');
    EXECUTE format('ALTER POLICY %I ON %I USING (CASE WHEN app_document_id() IS NULL THEN true ELSE (%s) END)',
                   p.policyname, p.tablename, coalesce(nullif(v_rest, ''), 'false'));
  END LOOP;
END $$;
"""
GUESSED_BADLY = r"""
DO $$
DECLARE
  p record;
BEGIN
  FOR p IN SELECT tablename, policyname, regexp_replace(qual, '^\s*CASE\s+WHEN \(app_document_id\(\) IS NULL\) THEN true\s+ELSE (.*)\s+END\s*$', '\1') AS rest
             FROM pg_policies WHERE permissive = 'RESTRICTIVE' AND qual ~ '^\s*CASE\s+WHEN \(app_document_id\(\) IS NULL\) THEN true' LOOP
    EXECUTE format('ALTER POLICY %I ON %I USING (app_document_id() IS NULL OR %s)', p.policyname, p.tablename, p.rest);
  END LOOP;
END $$;
"""

REVIEWED = (
    "WHERE deleted_at IS NULL AND status IN ('draft', 'review')"
    " AND approval_status IN ('changes_requested', 'stale', 'approved')"
)
INDEXES = {
    "ix_document_reviewed": f"document (org_id, owner_id, approval_status, updated_at, id) INCLUDE (status) {REVIEWED}",
    "ix_document_unwritten": "document (org_id, owner_id, updated_at, id) WHERE deleted_at IS NULL AND status = 'draft'"
    " AND approval_status = 'none' AND generation_status IN ('idle', 'ready', 'cancelled')",
    "ix_approval_waiting": "approval (org_id, approver_id, created_at, document_id) WHERE decision = 'pending'",
    "ix_invoice_open": "invoice (org_id, id, due_on) WHERE status IN ('open', 'partially_paid')",
    "ix_notification_unread": "notification (org_id, user_id, id) WHERE channel = 'in_app' AND read_at IS NULL",
}
BEFORE = {
    "ix_document_reviewed": f"document (org_id, owner_id, approval_status, updated_at, id) {REVIEWED}",
    "ix_approval_waiting": "approval (org_id, approver_id, id) WHERE decision = 'pending'",
}

# The newest that fit, as far as they are among the newest `p_among`: reads no further than the limit.
NEWEST = """
CREATE FUNCTION search_newest(p_org_id uuid, p_kind text, p_query tsquery, p_before uuid, p_among int, p_limit int) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(w.entity_id), '{}') FROM (
    SELECT n.entity_id FROM (
      SELECT e.entity_id, e.words FROM search_entry e
       WHERE e.org_id = p_org_id AND e.kind = p_kind AND e.entity_id < p_before
       ORDER BY e.entity_id DESC LIMIT p_among) n
     WHERE n.words @@ p_query LIMIT p_limit) w
$$;;
"""

# Of all the ways to the hits only the index of words is open: a condition inside coalesce() is no other index's.
# `p_rare` is what the index is asked; the newest thousand it answers are looked through for all of `p_query`.
HITS = """
CREATE FUNCTION search_hits(p_org_id uuid, p_kind text, p_rare tsquery, p_query tsquery, p_before uuid, p_limit int)
RETURNS TABLE (id uuid, found int)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
  WITH hits AS MATERIALIZED (
    SELECT e.entity_id, e.words FROM search_entry e
     WHERE e.words @@ p_rare AND coalesce(e.org_id = p_org_id AND e.kind = p_kind
       AND e.entity_id < coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), false)),
  newest AS MATERIALIZED (SELECT h.entity_id, h.words FROM hits h ORDER BY h.entity_id DESC LIMIT 1000),
  fitting AS MATERIALIZED (SELECT n.entity_id FROM newest n WHERE p_rare = p_query OR n.words @@ p_query)
  SELECT f.entity_id, CASE WHEN p_rare = p_query THEN (SELECT count(*) FROM hits)
           WHEN (SELECT count(*) FROM newest) < 1000 THEN (SELECT count(*) FROM fitting) END::int
    FROM fitting f ORDER BY f.entity_id DESC LIMIT p_limit
$$;;
"""

# What a fair part of the newest 200 hold is answered from the newest 2,000; anything else by the index. There a word that
# a twentieth or more of the newest 200 hold is not asked for as long as a rarer one is: the index would gather each of
# its thousands, only to leave most of them out.
GATE = """
CREATE FUNCTION gate_search(p_kind text, p_text text, p_named boolean, p_before uuid, p_limit int)
RETURNS TABLE (id uuid, found int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
ROWS 20 SET plan_cache_mode = force_custom_plan SET enable_seqscan = off AS $$
DECLARE
  v_org uuid := app_org_id();
  v_mark text := search_mark(app_org_id(), p_kind) || CASE WHEN p_named THEN 'n' ELSE 'a' END;
  v_before uuid := coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_word text;
  v_term text;
  v_terms tsquery[] := '{}';
  v_query tsquery;
  v_rare tsquery;
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
    v_terms := v_terms || v_term::tsquery;
    v_query := CASE WHEN v_query IS NULL THEN v_term::tsquery ELSE v_query && v_term::tsquery END;
  END LOOP;
  IF v_query IS NULL THEN
    RETURN;
  END IF;
  v_ids := search_newest(v_org, p_kind, v_query, v_before, 200, p_limit);
  IF cardinality(v_ids) < p_limit AND cardinality(v_ids) >= greatest(6, p_limit / 10) THEN
    v_ids := search_newest(v_org, p_kind, v_query, v_before, 2000, p_limit);
  END IF;
  IF cardinality(v_ids) = p_limit THEN
    RETURN QUERY SELECT i, NULL::int FROM unnest(v_ids) i;
    RETURN;
  END IF;
  v_rare := v_query;  -- among several words, what the rare ones find is few enough to be looked through for the others
  IF cardinality(v_terms) > 1 THEN
    SELECT coalesce((SELECT string_agg('(' || t.term::text || ')', ' & ')::tsquery FROM unnest(v_terms) t (term)
                      WHERE cardinality(search_newest(v_org, p_kind, t.term, v_before, 200, 10)) < 10), v_query) INTO v_rare;
  END IF;
  RETURN QUERY SELECT h.id, h.found FROM search_hits(v_org, p_kind, v_rare, v_query, p_before, p_limit) h;
END $$;
"""

HELPERS = (
    "search_newest(uuid, text, tsquery, uuid, int, int)",
    "search_hits(uuid, text, tsquery, tsquery, uuid, int)",
)
HELPERS_BEFORE = ("search_hits(uuid, text, tsquery, uuid, int)",)
SEARCH = "gate_search(text, text, boolean, uuid, int)"


def upgrade() -> None:
    op.execute(GUESSED_WELL)
    instead(BEFORE, INDEXES)
    replace(HELPERS_BEFORE, (NEWEST, HITS, GATE), HELPERS)


def downgrade() -> None:
    replace(HELPERS, (context.script.get_revision("0035_search").module.GATE,), HELPERS_BEFORE)
    instead(INDEXES, BEFORE)
    op.execute(GUESSED_BADLY)


def instead(of: dict[str, str], indexes: dict[str, str]) -> None:
    for name in of:
        op.execute(f"DROP INDEX {name}")
    for name, on in indexes.items():
        op.execute(f"CREATE INDEX {name} ON {on}")


def replace(helpers: tuple[str, ...], statements: tuple[str, ...], new_helpers: tuple[str, ...]) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    for function in (SEARCH, *helpers):
        op.execute(f"DROP FUNCTION {function}")
    for statement in statements:
        op.execute(statement)
    for function in (SEARCH, *new_helpers):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SEARCH} TO cf_app, cf_worker")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
