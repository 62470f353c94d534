"""Guards: what must be true whichever code writes, now or in ten years.

The services bring about effects; the database refuses what is illegal. What one row can show is checked at once, what
takes several rows is checked at the commit, so that the order of the writes in a transaction does not matter.
Every refusal is a check_violation that carries the guard's name as its CONSTRAINT.
"""

from alembic import op

revision = "0011_guards"
down_revision = "0010_audit"
branch_labels = None
depends_on = None

REFUSE = """
CREATE FUNCTION refuse(guard text, why text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%', why USING ERRCODE = 'check_violation', CONSTRAINT = guard;
END $$;
"""

CONTENT = """
CREATE FUNCTION version_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  words jsonb := NEW.content::jsonb;
  state text;
  planned bigint;
BEGIN
  SELECT d.status INTO state FROM document d WHERE d.id = NEW.document_id FOR NO KEY UPDATE;
  IF state NOT IN ('draft', 'review') THEN
    PERFORM refuse('content_frozen', format('the document is %s: its content is frozen', state));
  END IF;
  IF NOT words ?& ARRAY['blocks', 'currency', 'payment_plan', 'title', 'total_minor', 'variables'] THEN
    PERFORM refuse('content_complete', 'the content lacks a part');
  END IF;
  IF (words ->> 'total_minor')::bigint <> NEW.total_minor THEN
    PERFORM refuse('content_total', 'the total of the content is not the total of the version');
  END IF;
  SELECT sum((item ->> 'amount_minor')::bigint) INTO planned FROM jsonb_array_elements(words -> 'payment_plan') item;
  IF planned <> NEW.total_minor THEN
    PERFORM refuse('plan_adds_up', format('the payment plan comes to %s, the total is %s', planned, NEW.total_minor));
  END IF;
  NEW.content_sha256 := sha256(convert_to(NEW.content, 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER b_version_guard BEFORE INSERT ON document_version FOR EACH ROW EXECUTE FUNCTION version_guard();
"""

DOCUMENT = """
CREATE FUNCTION document_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.org_id, NEW.created_by) IS DISTINCT FROM (OLD.id, OLD.org_id, OLD.created_by) THEN
    PERFORM refuse('document_identity', 'a document stays the same document');
  END IF;
  IF NEW.current_version_id IS DISTINCT FROM OLD.current_version_id AND OLD.approval_status = 'pending'
     AND NEW.approval_status = 'pending' AND NEW.approval_round = OLD.approval_round THEN
    PERFORM refuse('approval_of_this_version', 'what is under review has changed: the approval is stale');
  END IF;
  IF OLD.status NOT IN ('draft', 'review') AND NEW.status NOT IN ('draft', 'review')
     AND (NEW.current_version_id, NEW.sent_version_id, NEW.title, NEW.currency, NEW.total_minor, NEW.client_id)
         IS DISTINCT FROM
         (OLD.current_version_id, OLD.sent_version_id, OLD.title, OLD.currency, OLD.total_minor, OLD.client_id) THEN
    PERFORM refuse('content_frozen', format('the document is %s: its content is frozen', OLD.status));
  END IF;
  IF NEW.status = 'sent' AND OLD.status IN ('draft', 'review') THEN
    IF NEW.approval_status NOT IN ('none', 'approved') THEN
      PERFORM refuse('sent_is_approved', format('the approval is %s', NEW.approval_status));
    END IF;
    IF NEW.generation_status IN ('queued', 'streaming') THEN
      PERFORM refuse('sent_is_at_rest', 'a draft is still running');
    END IF;
  END IF;
  IF OLD.status = 'sent' AND NEW.status = 'draft'
     AND EXISTS (SELECT FROM signature s WHERE s.document_id = NEW.id) THEN
    PERFORM refuse('recall_is_unsigned', 'somebody has signed already');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_document_guard BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION document_guard();

-- At the commit. Reads the row again: what counts is how the transaction leaves it.
CREATE FUNCTION document_consistent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  d document;
  v document_version;
BEGIN
  SELECT * INTO d FROM document WHERE id = NEW.id;
  SELECT * INTO v FROM document_version WHERE id = d.current_version_id;
  IF FOUND AND (v.total_minor, v.content::jsonb ->> 'currency') IS DISTINCT FROM (d.total_minor, d.currency::text) THEN
    PERFORM refuse('document_shows_version', 'total or currency differ from those of the current version');
  END IF;
  IF d.approval_status = 'approved' AND (
    NOT EXISTS (SELECT FROM approval a WHERE a.document_id = d.id AND a.round = d.approval_round)
    OR EXISTS (
      SELECT FROM approval a WHERE a.document_id = d.id AND a.round = d.approval_round GROUP BY a.step
      HAVING count(*) FILTER (WHERE a.decision = 'approved' AND a.version_id = d.approved_version_id) < max(a.required))
  ) AND app_document_id() IS NULL THEN
    PERFORM refuse('approval_complete', 'not every step has approved exactly this version');
  END IF;
  IF d.status = 'sent' AND NOT EXISTS (
    SELECT FROM signer s WHERE s.document_id = d.id AND s.role = 'signer' AND s.status NOT IN ('removed', 'delegated')
  ) THEN
    PERFORM refuse('sent_has_signer', 'nobody is asked to sign');
  END IF;
  IF d.status IN ('signed', 'paid') AND (
    NOT EXISTS (SELECT FROM signature g WHERE g.document_id = d.id)
    OR EXISTS (
      SELECT FROM signer s WHERE s.document_id = d.id AND s.role = 'signer' AND s.status NOT IN ('removed', 'delegated')
      AND NOT EXISTS (SELECT FROM signature g WHERE g.signer_id = s.id AND g.version_id = d.sent_version_id))
  ) THEN
    PERFORM refuse('signed_by_all', 'signatures are missing');
  END IF;
  IF d.status = 'paid' AND (
    NOT EXISTS (SELECT FROM invoice i WHERE i.document_id = d.id AND i.status = 'paid')
    OR EXISTS (SELECT FROM invoice i WHERE i.document_id = d.id AND i.status NOT IN ('paid', 'void'))
  ) THEN
    PERFORM refuse('paid_in_full', 'unpaid invoices remain');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER document_consistent
  AFTER UPDATE OF status, approval_status, current_version_id, approved_version_id, total_minor, currency ON document
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION document_consistent();
"""

APPROVAL = """
CREATE FUNCTION approval_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  d document;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.decision <> 'pending' THEN
      PERFORM refuse('approval_pending', 'an approval is asked for before it is given');
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.org_id, NEW.document_id, NEW.version_id, NEW.round, NEW.step, NEW.required)
     IS DISTINCT FROM (OLD.org_id, OLD.document_id, OLD.version_id, OLD.round, OLD.step, OLD.required)
     OR OLD.decision <> 'pending' AND (NEW.decision, NEW.approver_id) IS DISTINCT FROM (OLD.decision, OLD.approver_id) THEN
    PERFORM refuse('approval_decided', 'a decision stands, for the version it was made on');
  END IF;
  IF NEW.decision NOT IN ('approved', 'changes_requested') OR OLD.decision <> 'pending' THEN
    RETURN NEW;
  END IF;
  SELECT * INTO d FROM document WHERE id = NEW.document_id FOR NO KEY UPDATE;
  IF d.approval_round <> NEW.round OR d.current_version_id IS DISTINCT FROM NEW.version_id THEN
    PERFORM refuse('approval_of_this_version', 'this is no longer the version under review');
  END IF;
  IF EXISTS (
    SELECT FROM approval a WHERE a.document_id = NEW.document_id AND a.round = NEW.round AND a.step < NEW.step
    GROUP BY a.step HAVING count(*) FILTER (WHERE a.decision = 'approved') < max(a.required)
  ) THEN
    PERFORM refuse('approval_in_turn', 'an earlier step is open');
  END IF;
  IF NEW.decision = 'approved'
     AND d.created_by = (SELECT m.user_id FROM membership m WHERE m.id = NEW.approver_id)
     AND coalesce((SELECT (o.settings ->> 'forbid_self_approval')::boolean FROM org o WHERE o.id = NEW.org_id), true) THEN
    PERFORM refuse('approval_by_another', 'authors do not approve their own documents');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_approval_guard BEFORE INSERT OR UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION approval_guard();
"""

SIGNING = """
CREATE FUNCTION signer_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.status = 'signed' AND
     (NEW.document_id, NEW.role, NEW.name, NEW.email, NEW.consent_at, NEW.consent_sha256, NEW.otp_verified_at)
     IS DISTINCT FROM
     (OLD.document_id, OLD.role, OLD.name, OLD.email, OLD.consent_at, OLD.consent_sha256, OLD.otp_verified_at) THEN
    PERFORM refuse('signer_frozen', 'who signed, and how, is settled');
  END IF;
  IF NEW.email <> OLD.email AND NEW.otp_verified_at IS NOT NULL THEN
    PERFORM refuse('signer_verified_address', 'a new address has to be verified anew');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_signer_guard BEFORE UPDATE ON signer FOR EACH ROW EXECUTE FUNCTION signer_guard();

CREATE FUNCTION signer_consistent() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM signer s WHERE s.id = NEW.id AND s.status = 'signed'
             AND NOT EXISTS (SELECT FROM signature g WHERE g.signer_id = s.id)) THEN
    PERFORM refuse('signed_has_signature', 'nobody has signed without a signature');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER signer_consistent AFTER UPDATE OF status ON signer
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION signer_consistent();

-- The statuses may have moved on already in this transaction; that they agree with the signatures is checked at commit.
CREATE FUNCTION signature_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  d document;
  s signer;
BEGIN
  SELECT * INTO d FROM document WHERE id = NEW.document_id FOR NO KEY UPDATE;
  SELECT * INTO s FROM signer WHERE id = NEW.signer_id FOR NO KEY UPDATE;
  IF d.status NOT IN ('sent', 'signed') THEN
    PERFORM refuse('signature_of_sent', format('the document is %s', d.status));
  END IF;
  IF d.sent_version_id IS DISTINCT FROM NEW.version_id
     OR NEW.content_sha256 IS DISTINCT FROM (SELECT v.content_sha256 FROM document_version v WHERE v.id = NEW.version_id) THEN
    PERFORM refuse('signature_of_sent', 'what was signed is not what was sent');
  END IF;
  IF s.role <> 'signer' OR s.status NOT IN ('invited', 'viewed', 'signed') THEN
    PERFORM refuse('signature_by_signer', format('a %s who is %s does not sign', s.role, s.status));
  END IF;
  IF s.consent_at IS NULL OR s.consent_sha256 IS DISTINCT FROM NEW.consent_sha256 THEN
    PERFORM refuse('signature_consented', 'there is no matching consent to electronic records');
  END IF;
  IF s.auth_method = 'email_otp' AND (
    s.otp_verified_at IS NULL
    OR NOT EXISTS (SELECT FROM one_time_token t WHERE t.purpose = 'signing_otp' AND t.subject_id = s.id
                   AND t.email = s.email AND t.used_at IS NOT NULL)
  ) THEN
    PERFORM refuse('signature_verified', 'the signer has not proved to own the address');
  END IF;
  IF d.expires_at <= now() OR s.token_expires_at <= now() THEN
    PERFORM refuse('signature_in_time', 'the time to sign is over');
  END IF;
  IF d.signing_order = 'sequential' AND EXISTS (
    SELECT FROM signer o WHERE o.document_id = d.id AND o.role = 'signer' AND o.ordinal < s.ordinal
       AND o.status NOT IN ('signed', 'removed', 'delegated')
  ) THEN
    PERFORM refuse('signature_in_turn', 'somebody else signs first');
  END IF;
  NEW.signed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER b_signature_guard BEFORE INSERT ON signature FOR EACH ROW EXECUTE FUNCTION signature_guard();
"""

SPENT = """
CREATE FUNCTION token_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at
     OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL
     OR NEW.attempts < OLD.attempts
     OR (NEW.purpose, NEW.email, NEW.role, NEW.org_id, NEW.subject_id, NEW.token_hmac)
        IS DISTINCT FROM (OLD.purpose, OLD.email, OLD.role, OLD.org_id, OLD.subject_id, OLD.token_hmac) THEN
    PERFORM refuse('token_spent', 'a token works once, for what it was made for');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_token_guard BEFORE UPDATE ON one_time_token FOR EACH ROW EXECUTE FUNCTION token_guard();
"""

# The counter is locked with the organisation's row until the commit: a rollback gives the number back.
NUMBERS = """
CREATE FUNCTION invoice_number() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  n bigint;
BEGIN
  UPDATE org SET invoice_seq = invoice_seq + 1 WHERE id = NEW.org_id AND id = app_org_id() RETURNING invoice_seq INTO STRICT n;
  NEW.number := 'INV-' || lpad(n::text, greatest(6, length(n::text)), '0');
  NEW.issued_at := now();
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION invoice_number() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invoice_number() TO cf_owner;
"""

MONEY = """
CREATE TRIGGER c_invoice_number BEFORE UPDATE OF status ON invoice
  FOR EACH ROW WHEN (OLD.status = 'scheduled' AND NEW.status = 'open') EXECUTE FUNCTION invoice_number();

-- Opens a scheduled invoice; the number comes from the trigger above.
CREATE FUNCTION invoice_issue(p_invoice uuid) RETURNS text
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE invoice SET status = 'open' WHERE id = p_invoice AND status = 'scheduled' RETURNING number::text
$$;
REVOKE ALL ON FUNCTION invoice_issue(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invoice_issue(uuid) TO cf_app, cf_worker;

CREATE FUNCTION invoice_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.status <> 'scheduled' AND
     (NEW.org_id, NEW.number, NEW.client_id, NEW.document_id, NEW.kind, NEW.currency, NEW.lines, NEW.subtotal_minor,
      NEW.tax, NEW.tax_minor, NEW.total_minor, NEW.seller, NEW.buyer, NEW.issued_at)
     IS DISTINCT FROM
     (OLD.org_id, OLD.number, OLD.client_id, OLD.document_id, OLD.kind, OLD.currency, OLD.lines, OLD.subtotal_minor,
      OLD.tax, OLD.tax_minor, OLD.total_minor, OLD.seller, OLD.buyer, OLD.issued_at) THEN
    PERFORM refuse('invoice_frozen', 'an issued invoice does not change: void it instead');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_invoice_guard BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_guard();

CREATE FUNCTION payment_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND
     (NEW.org_id, NEW.invoice_id, NEW.kind, NEW.provider, NEW.amount_minor, NEW.currency, NEW.refunds_id)
     IS DISTINCT FROM
     (OLD.org_id, OLD.invoice_id, OLD.kind, OLD.provider, OLD.amount_minor, OLD.currency, OLD.refunds_id) THEN
    PERFORM refuse('payment_frozen', 'a payment does not change: record another');
  END IF;
  IF NEW.currency <> (SELECT i.currency FROM invoice i WHERE i.id = NEW.invoice_id) THEN
    PERFORM refuse('payment_currency', 'the payment is in another currency than its invoice');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_payment_guard BEFORE INSERT OR UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION payment_guard();

CREATE FUNCTION payments_add_up() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  bill uuid := coalesce(to_jsonb(NEW) ->> 'invoice_id', to_jsonb(NEW) ->> 'id')::uuid;
  received bigint;
  shown bigint;
BEGIN
  SELECT coalesce(sum(CASE p.kind WHEN 'payment' THEN p.amount_minor ELSE -p.amount_minor END), 0) INTO received
    FROM payment p WHERE p.invoice_id = bill AND p.status = 'succeeded';
  SELECT i.paid_minor INTO shown FROM invoice i WHERE i.id = bill;
  IF received <> shown THEN
    PERFORM refuse('payments_add_up', format('%s was received, the invoice says %s', received, shown));
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_add_up AFTER INSERT OR UPDATE OF status ON payment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_add_up();
CREATE CONSTRAINT TRIGGER payments_add_up AFTER INSERT OR UPDATE OF paid_minor ON invoice
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_add_up();
"""

# At most one is an index; at least one is checked at the commit, so that a transfer can swap two roles.
OWNER = """
CREATE FUNCTION owner_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  o uuid := coalesce(to_jsonb(NEW) ->> 'org_id', to_jsonb(OLD) ->> 'org_id', to_jsonb(NEW) ->> 'id')::uuid;
BEGIN
  IF EXISTS (SELECT FROM org WHERE id = o AND deleted_at IS NULL)
     AND NOT EXISTS (SELECT FROM membership m WHERE m.org_id = o AND m.role = 'owner') THEN
    PERFORM refuse('owner_kept', 'an organisation has an owner');
  END IF;
  RETURN NULL;
END $$;
"""
OWNER_TRIGGERS = """
CREATE CONSTRAINT TRIGGER owner_kept AFTER UPDATE OR DELETE ON membership
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION owner_kept();
CREATE CONSTRAINT TRIGGER owner_kept AFTER INSERT ON org
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION owner_kept();
"""

TRIGGERS = (
    ("owner_kept", "org"),
    ("owner_kept", "membership"),
    ("payments_add_up", "invoice"),
    ("payments_add_up", "payment"),
    ("b_payment_guard", "payment"),
    ("b_invoice_guard", "invoice"),
    ("c_invoice_number", "invoice"),
    ("b_token_guard", "one_time_token"),
    ("b_signature_guard", "signature"),
    ("signer_consistent", "signer"),
    ("b_signer_guard", "signer"),
    ("b_approval_guard", "approval"),
    ("document_consistent", "document"),
    ("b_document_guard", "document"),
    ("b_version_guard", "document_version"),
)
FUNCTIONS = (
    "owner_kept",
    "payments_add_up",
    "payment_guard",
    "invoice_guard",
    "token_guard",
    "signature_guard",
    "signer_consistent",
    "signer_guard",
    "approval_guard",
    "document_consistent",
    "document_guard",
    "version_guard",
)


def upgrade() -> None:
    for part in (REFUSE, CONTENT, DOCUMENT, APPROVAL, SIGNING, SPENT):
        op.execute(part)
    op.execute("GRANT UPDATE (invoice_seq), SELECT (invoice_seq) ON org TO cf_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO cf_gate")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute(NUMBERS)
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM cf_gate")
    for part in (MONEY, OWNER, OWNER_TRIGGERS):
        op.execute(part)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC")


def downgrade() -> None:
    for trigger, table in TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute("DROP FUNCTION invoice_issue(uuid)")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION refuse(text, text)")
    op.execute("SET LOCAL ROLE cf_gate")
    op.execute("DROP FUNCTION invoice_number()")
    op.execute("SET LOCAL ROLE cf_owner")
    op.execute("REVOKE UPDATE (invoice_seq), SELECT (invoice_seq) ON org FROM cf_gate")
