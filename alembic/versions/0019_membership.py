"""A member's place moves along edges as well, and the ownership is offered before it changes hands.

`workflow_edges()` is written anew from what it answers, so that the list of another migration is not lost.
"""

from alembic import op

revision = "0019_membership"
down_revision = "0018_sign_in"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE ownership_offer (
  id         uuid DEFAULT uuidv7() NOT NULL,
  org_id     uuid NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  from_id    uuid NOT NULL,
  to_id      uuid NOT NULL,
  status     varchar(24) DEFAULT 'offered' NOT NULL,
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  CONSTRAINT pk_ownership_offer PRIMARY KEY (id),
  CONSTRAINT uq_ownership_offer_org_id_id UNIQUE (org_id, id),
  CONSTRAINT fk_ownership_offer_org_id FOREIGN KEY (org_id) REFERENCES org (id),
  CONSTRAINT fk_ownership_offer_org_id_from_id FOREIGN KEY (org_id, from_id) REFERENCES membership (org_id, id),
  CONSTRAINT fk_ownership_offer_org_id_to_id FOREIGN KEY (org_id, to_id) REFERENCES membership (org_id, id),
  CONSTRAINT ck_ownership_offer_status CHECK (status IN ('offered', 'accepted', 'declined', 'withdrawn', 'lapsed')),
  CONSTRAINT ck_ownership_offer_decided_at CHECK ((status = 'offered') = (decided_at IS NULL)),
  CONSTRAINT ck_ownership_offer_two_people CHECK (from_id <> to_id));
CREATE UNIQUE INDEX uq_ownership_offer_open ON ownership_offer (org_id) WHERE status = 'offered';
CREATE INDEX ix_ownership_offer_org_id_from_id ON ownership_offer (org_id, from_id);
CREATE INDEX ix_ownership_offer_org_id_to_id ON ownership_offer (org_id, to_id);
"""

SECURITY = """
ALTER TABLE ownership_offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE ownership_offer FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON ownership_offer TO cf_owner USING (true) WITH CHECK (true);
CREATE POLICY tenant ON ownership_offer TO cf_app, cf_worker
  USING (org_id = app_org_id()) WITH CHECK (org_id = app_org_id());
CREATE POLICY signer ON ownership_offer AS RESTRICTIVE TO cf_app, cf_worker
  USING (app_document_id() IS NULL) WITH CHECK (app_document_id() IS NULL);
GRANT SELECT, INSERT, UPDATE ON ownership_offer TO cf_app, cf_worker;
"""

EDGES = [
    ("membership", "active", "removed"),
    ("membership", "active", "suspended"),
    ("membership", "removed", "active"),
    ("membership", "suspended", "active"),
    ("membership", "suspended", "removed"),
    ("ownership", "offered", "accepted"),
    ("ownership", "offered", "declined"),
    ("ownership", "offered", "lapsed"),
    ("ownership", "offered", "withdrawn"),
]
# machine, table, initial state; of the column `status`
MACHINES = (("membership", "membership", "active"), ("ownership", "ownership_offer", "offered"))


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(SECURITY)
    add_edges()
    for machine, table, initial in MACHINES:
        arguments = f"EXECUTE FUNCTION workflow_guard('{machine}', 'status', '{initial}')"
        op.execute(
            f"CREATE TRIGGER a_workflow_{machine} BEFORE UPDATE OF status ON {table} FOR EACH ROW {arguments}"
        )
        op.execute(
            f"CREATE TRIGGER a_workflow_{machine}_starts BEFORE INSERT ON {table} FOR EACH ROW {arguments}"
        )


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
    op.execute("DROP TRIGGER a_workflow_membership ON membership")
    op.execute("DROP TRIGGER a_workflow_membership_starts ON membership")
    op.execute("DROP TABLE ownership_offer")
