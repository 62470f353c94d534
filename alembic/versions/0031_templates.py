"""Templates have versions: rows of one family, of which one is published and one may be in the making.

A clause has both of its positions in one row. What is published is fixed, as the versions of documents are.
"""

from alembic import op

revision = "0031_templates"
down_revision = "0030_account_deletion"
branch_labels = None
depends_on = None

EDGES = [
    ("template", "draft", "archived"),
    ("template", "draft", "published"),
    ("template", "published", "archived"),
]

FROZEN = """
CREATE FUNCTION template_frozen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.status <> 'draft' AND (OLD.kind, OLD.family_id, OLD.version, OLD.name, OLD.category, OLD.about, OLD.body, OLD.variables)
     IS DISTINCT FROM (NEW.kind, NEW.family_id, NEW.version, NEW.name, NEW.category, NEW.about, NEW.body, NEW.variables) THEN
    RAISE EXCEPTION 'a template is fixed once it was published'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'template_frozen', TABLE = 'template';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION template_frozen() FROM PUBLIC;
CREATE TRIGGER b_template_frozen BEFORE UPDATE ON template FOR EACH ROW EXECUTE FUNCTION template_frozen();
"""


def upgrade() -> None:
    op.execute("ALTER TABLE template DROP CONSTRAINT ck_template_clause_has_position")
    op.execute("ALTER TABLE template DROP CONSTRAINT ck_template_position")
    op.execute(
        "ALTER TABLE template DROP COLUMN position, DROP COLUMN approval_policy, DROP COLUMN payment_plan"
    )
    op.execute("ALTER TABLE template DROP COLUMN ai_guidance")
    op.execute("ALTER TABLE template ADD COLUMN family_id uuid, ADD COLUMN origin varchar(60)")
    op.execute("ALTER TABLE template ADD COLUMN about varchar(300) NOT NULL DEFAULT ''")
    op.execute("UPDATE template SET family_id = id")
    op.execute("ALTER TABLE template ALTER COLUMN family_id SET NOT NULL")
    op.execute("CREATE UNIQUE INDEX uq_template_draft ON template (org_id, family_id) WHERE status = 'draft'")
    op.execute(
        "CREATE UNIQUE INDEX uq_template_published ON template (org_id, family_id) WHERE status = 'published'"
    )
    op.execute("CREATE UNIQUE INDEX uq_template_version ON template (org_id, family_id, version)")
    op.execute(
        "CREATE UNIQUE INDEX uq_template_origin ON template (org_id, kind, origin, version) WHERE origin IS NOT NULL"
    )
    add_edges()
    for moment, name in (("UPDATE OF status", ""), ("INSERT", "_starts")):
        op.execute(
            f"CREATE TRIGGER a_workflow_template{name} BEFORE {moment} ON template"
            " FOR EACH ROW EXECUTE FUNCTION workflow_guard('template', 'status', 'draft')"
        )
    op.execute(FROZEN)


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
    op.execute("DROP TRIGGER b_template_frozen ON template")
    op.execute("DROP TRIGGER a_workflow_template ON template")
    op.execute("DROP TRIGGER a_workflow_template_starts ON template")
    op.execute("DROP FUNCTION template_frozen()")
    op.execute("DROP INDEX uq_template_draft, uq_template_published, uq_template_version, uq_template_origin")
    op.execute("ALTER TABLE template DROP COLUMN family_id, DROP COLUMN origin, DROP COLUMN about")
    op.execute("""ALTER TABLE template ADD COLUMN ai_guidance text, ADD COLUMN position varchar(24),
        ADD COLUMN approval_policy jsonb NOT NULL DEFAULT '[]', ADD COLUMN payment_plan jsonb NOT NULL DEFAULT '[]'""")
    op.execute("UPDATE template SET position = 'preferred' WHERE kind = 'clause'")
    op.execute("""ALTER TABLE template
        ADD CONSTRAINT ck_template_clause_has_position CHECK ((kind = 'clause') = (position IS NOT NULL)),
        ADD CONSTRAINT ck_template_position CHECK (position IN ('preferred', 'fallback', 'prohibited'))""")
