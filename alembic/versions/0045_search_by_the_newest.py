"""A word that one document in a hundred holds is found among the newest 2,000, and what the index gathers is narrow.

The index was asked for words that fewer than 6 of the newest 200 hold: thousands of documents for one in fifty. And it
carried the words of each (900 bytes) along, of which nobody but a search for several words needs any.
"""

from alembic import context, op

revision = "0045_search_by_the_newest"
down_revision = "0044_lists"
branch_labels = None
depends_on = None

# Of all the ways to the hits only the index of words is open: a condition inside coalesce() is no other index's.
# `p_rare` is what the index is asked; the newest thousand it answers are looked through for all of `p_query`, each row
# found again where it lies: nothing moves within one statement.
HITS = """
CREATE FUNCTION search_hits(p_org_id uuid, p_kind text, p_rare tsquery, p_query tsquery, p_before uuid, p_limit int)
RETURNS TABLE (id uuid, found int)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
  WITH hits AS MATERIALIZED (
    SELECT e.entity_id, e.ctid AS place FROM search_entry e
     WHERE e.words @@ p_rare AND coalesce(e.org_id = p_org_id AND e.kind = p_kind
       AND e.entity_id < coalesce(p_before, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), false)),
  newest AS MATERIALIZED (SELECT h.entity_id, h.place FROM hits h ORDER BY h.entity_id DESC LIMIT 1000),
  fitting AS MATERIALIZED (SELECT n.entity_id FROM newest n
     WHERE p_rare = p_query OR (SELECT e.words @@ p_query FROM search_entry e WHERE e.ctid = n.place))
  SELECT f.entity_id, CASE WHEN p_rare = p_query THEN (SELECT count(*) FROM hits)
           WHEN (SELECT count(*) FROM newest) < 1000 THEN (SELECT count(*) FROM fitting) END::int
    FROM fitting f ORDER BY f.entity_id DESC LIMIT p_limit
$$;;
"""

# The newest 2,000 are looked through when the newest 200 let one expect enough there.
FEW = "cardinality(v_ids) >= greatest(6, p_limit / 10)"
ENOUGH = "cardinality(v_ids) * 8 >= p_limit"

FUNCTIONS = (
    "gate_search(text, text, boolean, uuid, int)",
    "search_hits(uuid, text, tsquery, tsquery, uuid, int)",
)


def upgrade() -> None:
    replace(HITS, before().GATE.replace(FEW, ENOUGH))


def downgrade() -> None:
    replace(before().HITS, before().GATE)


def before():
    return context.script.get_revision(down_revision).module


def replace(hits: str, gate: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute(hits)
    op.execute(gate)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTIONS[0]} TO cf_app, cf_worker")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
