"""Valid documents in great numbers: clients, people, versions, signers and invoices, made by the database itself.

As superuser and without triggers, which is some fifty times as quick as the product's own verbs; every CHECK holds, the
words of the search are those its triggers would have kept, and the texts are real clauses of our own library.
"""

from __future__ import annotations

import json
import random
import time
from typing import cast

import psycopg
from psycopg.abc import Query

from contractflow.integrations.ai import shelf

ORGS = 1_000
TEXTS = 2_000
VOCABULARY = 20_000
"""Words that few documents say, beside the clauses that thousands share."""
SYLLABLES = [
    "ba",
    "co",
    "du",
    "fe",
    "gi",
    "ho",
    "ka",
    "lu",
    "me",
    "ni",
    "po",
    "qua",
    "ra",
    "si",
    "te",
    "vo",
    "wa",
    "xe",
    "ya",
    "zu",
]

SCHEMA = """
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE FUNCTION bench.id(kind text, n bigint, at timestamptz) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(kind || n), 1, 3) || '8'
          || substr(md5(kind || n), 4, 15))::uuid
$$;
"""

STAGE = """
CREATE UNLOGGED TABLE bench.vocabulary (k int PRIMARY KEY, word text);
CREATE UNLOGGED TABLE bench.pool (k int PRIMARY KEY, blocks text, words text[]);
CREATE UNLOGGED TABLE bench.org (n int PRIMARY KEY, id uuid, clients int);
CREATE UNLOGGED TABLE bench.doc (n int PRIMARY KEY, org_id uuid, id uuid, version_id uuid, client_id uuid, contact_id uuid,
  owner_id uuid, user_id uuid, status text, title text, number text, total bigint, at timestamptz, k int);
CREATE FUNCTION bench.word(n bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT initcap(word) FROM bench.vocabulary WHERE k = n % {vocabulary}
$$;
"""

PEOPLE = """
INSERT INTO bench.org SELECT n, bench.id('org', n, '2024-01-01'), CASE n WHEN 0 THEN 500 ELSE 20 END
  FROM generate_series(0, {orgs} - 1) n;
INSERT INTO org (id, slug, name, default_currency) SELECT id, 'agency-' || n, 'Agency ' || n, 'EUR' FROM bench.org;
INSERT INTO app_user (id, email, name)
SELECT bench.id('user', n, '2024-01-01'), 'person' || n || '@bench.test', 'Person ' || n FROM generate_series(0, {orgs} * 2 - 1) n;
INSERT INTO membership (id, org_id, user_id, role)
SELECT bench.id('member', g, '2024-01-01'), o.id, bench.id('user', g, '2024-01-01'), CASE g % 2 WHEN 0 THEN 'owner' ELSE 'admin' END
  FROM generate_series(0, {orgs} * 2 - 1) g JOIN bench.org o ON o.n = g / 2;
INSERT INTO client (id, org_id, name, currency)
SELECT bench.id('client', o.n * 1000 + c, '2024-01-01'), o.id, bench.word(o.n * 31 + c * 7) || ' ' || bench.word(o.n * 17 + c * 3 + 1), 'EUR'
  FROM bench.org o, generate_series(0, o.clients - 1) c;
INSERT INTO contact (id, org_id, client_id, name, email, is_primary)
SELECT bench.id('contact', o.n * 1000 + c, '2024-01-01'), o.id, bench.id('client', o.n * 1000 + c, '2024-01-01'),
       bench.word(o.n + c * 5) || ' ' || bench.word(c * 11 + 3), 'contact' || c || '@client' || o.n || '.test', true
  FROM bench.org o, generate_series(0, o.clients - 1) c;
"""

# One organisation has a tenth of all documents, the others share the rest; made over two years, the newest minutes ago.
DOCUMENTS = """
INSERT INTO bench.doc
SELECT g, o.id, bench.id('document', g, t.at), bench.id('version', g, t.at), bench.id('client', c.n, '2024-01-01'),
       bench.id('contact', c.n, '2024-01-01'), bench.id('member', m.n, '2024-01-01'), bench.id('user', m.n, '2024-01-01'),
       (ARRAY['draft','draft','draft','draft','review','sent','sent','signed','signed','signed','paid','paid','paid','paid',
              'paid','paid','paid','declined','expired','voided'])[1 + h.h % 20],
       bench.word(h.h / 7) || ' ' || (ARRAY['website', 'campaign', 'retainer', 'brand film', 'launch'])[1 + h.h % 5] || ' '
         || bench.word(h.h / 11), 'CF-' || g, 100000 + h.h % 9000000, t.at, h.h % {texts}
  FROM generate_series(1, {documents}) g
  CROSS JOIN LATERAL (SELECT ('x' || substr(md5('h' || g), 1, 7))::bit(28)::int AS h) h
  JOIN bench.org o ON o.n = CASE g % 10 WHEN 0 THEN 0 ELSE 1 + h.h % ({orgs} - 1) END
  CROSS JOIN LATERAL (SELECT o.n * 1000 + h.h / 13 % o.clients AS n) c
  CROSS JOIN LATERAL (SELECT o.n * 2 + h.h / 17 % 2 AS n) m
  CROSS JOIN LATERAL (SELECT now() - interval '5 minutes' - interval '730 days' * (({documents} - g)::float / {documents}) AS at) t;
ANALYZE bench.doc;

INSERT INTO document (id, org_id, client_id, kind, number, title, status, approval_status, approval_round, generation_status,
       current_version_id, approved_version_id, sent_version_id, currency, total_minor, owner_id, created_by, created_at,
       updated_at, sent_at, signed_at, paid_at, expires_at, closed_reason)
SELECT id, org_id, client_id, 'sow', number, title, status,
       CASE WHEN status IN ('sent', 'signed', 'paid') THEN 'approved' WHEN status = 'review' THEN 'pending' ELSE 'none' END,
       CASE WHEN status = 'draft' THEN 0 ELSE 1 END, 'ready', version_id,
       CASE WHEN status IN ('sent', 'signed', 'paid') THEN version_id END,
       CASE WHEN status IN ('sent', 'signed', 'paid', 'declined', 'expired') THEN version_id END, 'EUR', total, owner_id, user_id,
       at, at + interval '4 days',
       CASE WHEN status NOT IN ('draft', 'review') THEN at + interval '1 day' END,
       CASE WHEN status IN ('signed', 'paid') THEN at + interval '3 days' END,
       CASE WHEN status = 'paid' THEN at + interval '4 days' END,
       CASE WHEN status = 'sent' THEN now() + interval '30 days' END,
       CASE WHEN status IN ('declined', 'voided') THEN 'Too late for us.' END
  FROM bench.doc;
INSERT INTO document_version (id, org_id, document_id, number, source, content, content_sha256, total_minor, author_id, created_at)
SELECT version_id, org_id, id, 1, 'human', content, sha256(convert_to(content, 'UTF8')), total, owner_id, at
  FROM bench.doc d JOIN bench.pool p ON p.k = d.k CROSS JOIN LATERAL (SELECT
    '{{"blocks":' || p.blocks || ',"currency":"EUR","payment_plan":[{{"amount_minor":' || total || ',"date":null,"due_days":14,'
    || '"key":"deposit","kind":"deposit","label":"Deposit","on":"signature"}}],"title":' || to_json(title)::text
    || ',"total_minor":' || total || ',"variables":{{}}}}' AS content) c;
INSERT INTO signer (id, org_id, document_id, contact_id, name, email, status, created_at)
SELECT bench.id('signer', d.n, d.at), d.org_id, d.id, d.contact_id, c.name, c.email,
       CASE WHEN d.status IN ('signed', 'paid') THEN 'signed' WHEN d.status = 'sent' THEN 'invited' ELSE 'waiting' END, d.at
  FROM bench.doc d JOIN contact c ON c.id = d.contact_id;
INSERT INTO invoice (id, org_id, client_id, document_id, plan_key, number, kind, label, status, currency, subtotal_minor,
       total_minor, paid_minor, issued_at, due_on, created_at)
SELECT bench.id('invoice', n, at), org_id, client_id, id, 'deposit', 'INV-' || n, 'deposit', 'Deposit',
       CASE status WHEN 'paid' THEN 'paid' ELSE 'open' END, 'EUR', total, total, CASE status WHEN 'paid' THEN total ELSE 0 END,
       at + interval '3 days', (at + interval '17 days')::date, at + interval '3 days'
  FROM bench.doc WHERE status IN ('signed', 'paid');
"""

# What the triggers keep, with the words of a text counted once however many documents share it.
WORDS = """
DROP INDEX ix_search_entry_words;
INSERT INTO search_entry (org_id, kind, entity_id, words)
SELECT d.org_id, 'document', d.id, array_to_tsvector(array(
         SELECT m.m || 'n' || w FROM unnest(t.words) w UNION SELECT m.m || 'a' || w FROM unnest(p.words || t.words) w)
         || (m.m || 'c' || replace(d.client_id::text, '-', '')))
  FROM bench.doc d JOIN bench.pool p ON p.k = d.k
  CROSS JOIN LATERAL (SELECT search_mark(d.org_id, 'document') AS m) m
  CROSS JOIN LATERAL (SELECT search_words(d.title || ' ' || d.number) AS words) t;
INSERT INTO search_entry (org_id, kind, entity_id, words)
SELECT i.org_id, 'invoice', i.id, search_entry_words(i.org_id, 'invoice', i.number || ' ' || i.label, '', i.client_id) FROM invoice i
UNION ALL
SELECT c.org_id, 'client', c.id, search_entry_words(c.org_id, 'client', c.name || ' ' || k.name || ' ' || k.email, '', c.id)
  FROM client c JOIN contact k ON k.client_id = c.id;
CREATE INDEX ix_search_entry_words ON search_entry USING gin (words) WITH (fastupdate = off);
"""


# What else fills a house: projects of a hundredth of the documents, a lead for each twentieth, requests for approval, two
# lines of the trail for each document (their hashes are not chained) and a notification for each that was signed.
AROUND = """
INSERT INTO project (id, org_id, client_id, name, status, currency, owner_id, created_at)
SELECT bench.id('project', c.n * 2 + p, '2024-02-01'), c.org_id, c.id, c.name || ' ' || p, 'active', 'EUR',
       (SELECT m.id FROM membership m WHERE m.org_id = c.org_id AND m.role = 'owner'), '2024-02-01'
  FROM (SELECT c.*, row_number() OVER (ORDER BY c.id) AS n FROM client c) c, generate_series(0, 1) p;
UPDATE document d SET project_id = p.id FROM project p
 WHERE d.number LIKE '%7' AND p.client_id = d.client_id AND p.name LIKE '%' || ascii(right(d.id::text, 1)) % 2;
UPDATE invoice i SET project_id = d.project_id FROM document d WHERE d.id = i.document_id AND d.project_id IS NOT NULL;
INSERT INTO lead (id, org_id, created_at, name, email, company, status, assigned_to, submission_key, client_id, first_response_at)
SELECT bench.id('lead', row_number() OVER (), d.created_at), d.org_id, d.created_at, 'Person ' || d.number,
       'lead' || substr(d.number, 4) || '@bench.test', d.title, s.status,
       CASE WHEN s.status <> 'new' THEN d.owner_id END, d.number,
       CASE s.status WHEN 'converted' THEN d.client_id END, CASE WHEN s.status <> 'new' THEN d.created_at + interval '5 hours' END
  FROM document d CROSS JOIN LATERAL (SELECT
       (ARRAY['new', 'contacted', 'converted', 'converted', 'disqualified'])[1 + ascii(right(d.id::text, 1)) % 5] AS status) s
 WHERE d.number LIKE '%05' OR d.number LIKE '%20' OR d.number LIKE '%40' OR d.number LIKE '%60' OR d.number LIKE '%80';
INSERT INTO approval_round (org_id, document_id, version_id, round, policy_name, steps)
SELECT org_id, id, current_version_id, 1, 'Approval', '[{"name": "Approval", "mode": "any", "count": 1, "people": [], "roles": ["owner", "admin"]}]' FROM document WHERE status = 'review';
INSERT INTO approval (id, org_id, created_at, document_id, version_id, round, step, approver_id)
SELECT bench.id('approval', row_number() OVER (), d.created_at), d.org_id, d.updated_at, d.id, d.current_version_id, 1, 1, m.id
  FROM document d JOIN membership m ON m.org_id = d.org_id AND m.id <> d.owner_id WHERE d.status = 'review';
INSERT INTO audit_event (org_id, seq, at, actor_kind, actor_id, actor_label, action, entity, entity_id, document_id, canonical, prev_hash, hash)
SELECT e.org_id, row_number() OVER (PARTITION BY e.org_id ORDER BY e.at), e.at, e.kind, e.actor_id, e.label, e.action, e.entity,
       e.id, e.document_id, e.action, sha256('no chain'), sha256('no chain')
  FROM (SELECT d.org_id, d.created_at AS at, 'user' AS kind, d.created_by AS actor_id, 'Person' AS label, 'document:create' AS action,
               'document' AS entity, d.id, d.id AS document_id FROM document d
        UNION ALL
        SELECT s.org_id, s.created_at + interval '1 day', 'contact', s.id, s.name, 'signer:view', 'signer', s.id, s.document_id
          FROM signer s) e;
INSERT INTO notification (id, org_id, created_at, channel, kind, user_id, document_id, payload, dedupe_key, status, sent_at, read_at)
SELECT bench.id('notification', row_number() OVER (), d.signed_at), d.org_id, d.signed_at, 'in_app', 'review_ended', m.user_id, d.id,
       jsonb_build_object('name', 'Person', 'title', d.title), 'review_ended:' || d.id, 'sent',
       d.signed_at, CASE WHEN d.number NOT LIKE '%3' THEN d.signed_at END
  FROM document d JOIN membership m ON m.id = d.owner_id WHERE d.signed_at IS NOT NULL;
"""


def seed(admin_url: str, documents: int) -> float:
    """Fill the migrated, empty database at `admin_url` (libpq's form); the seconds that it took."""
    began = time.monotonic()
    chance = random.Random(documents)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET maintenance_work_mem = '512MB'")
        admin.execute("SET synchronous_commit = off")
        _run(admin, SCHEMA)
        _run(admin, STAGE.format(vocabulary=VOCABULARY))
        vocabulary = _vocabulary(chance)
        with admin.cursor().copy("COPY bench.vocabulary FROM STDIN") as copy:
            for row in enumerate(vocabulary):
                copy.write_row(row)
        with admin.cursor().copy("COPY bench.pool (k, blocks) FROM STDIN") as copy:
            for k in range(TEXTS):
                copy.write_row((k, _blocks(chance, vocabulary)))
        _run(
            admin,
            "UPDATE bench.pool SET words = search_words(blocks); ANALYZE bench.pool; ANALYZE bench.vocabulary",
        )
        for part in (PEOPLE, DOCUMENTS, WORDS):
            _run(admin, part.format(orgs=ORGS, texts=TEXTS, documents=documents))
            print(f"  {documents:,} documents: {time.monotonic() - began:,.0f} s", flush=True)
        _run(admin, "DROP SCHEMA bench CASCADE")
    furnish(admin_url)
    return time.monotonic() - began


def furnish(admin_url: str) -> None:
    """What lies about the documents; nothing when it is there."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM project LIMIT 1").fetchone():
            return
        admin.execute("SET session_replication_role = replica")
        admin.execute("SET synchronous_commit = off")
        _run(admin, SCHEMA)
        _run(admin, "BEGIN;" + AROUND + "COMMIT")
        _run(admin, "DROP SCHEMA bench CASCADE")
        admin.execute("VACUUM (ANALYZE)")


def _run(admin: psycopg.Connection, statements: str) -> None:
    admin.execute(cast("Query", statements))


def _vocabulary(chance: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(words)


def _blocks(chance: random.Random, vocabulary: list[str]) -> str:
    """Two or three clauses of the library and a sentence of words that hardly anybody else uses, as a version keeps them."""
    chosen = chance.sample(list(shelf.clauses()), chance.randint(2, 3))
    clauses = [f"## {number}. {one.title}\n\n{one.preferred}" for number, one in enumerate(chosen, 1)]
    scope = f"## Scope\n\nWe make {', '.join(chance.sample(vocabulary, 6))}."
    texts = [{"id": f"b{number}", "md": md} for number, md in enumerate([scope, *clauses])]
    return json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
