"""Questions in SQL that ask for offenders against the money rules; right books answer nothing."""

# the shares of a deal change on the days that a row begins or ends: ask on each of them
SHARES_NOT_WHOLE = """
WITH days AS (
  SELECT deal_id, coalesce(valid_from, '-infinity'::date) AS day FROM deals_salescreditsplit
  UNION SELECT deal_id, valid_to FROM deals_salescreditsplit WHERE valid_to IS NOT NULL
)
SELECT days.deal_id, days.day, sum(split.share_percent)
FROM days JOIN deals_salescreditsplit split ON split.deal_id = days.deal_id
  AND coalesce(split.valid_from, '-infinity'::date) <= days.day
  AND coalesce(split.valid_to, 'infinity'::date) > days.day
GROUP BY days.deal_id, days.day HAVING sum(split.share_percent) <> 100
UNION ALL
SELECT deal.id, NULL, 0 FROM deals_deal deal
WHERE NOT EXISTS (SELECT 1 FROM deals_salescreditsplit split WHERE split.deal_id = deal.id)
"""

CREDIT_NOT_WHOLE = """
WITH steps AS (
  SELECT deal_id, deal_seq, min(net_after) AS net_after, max(net_after) AS most, sum(base) AS base
  FROM commissions_collectedcredit GROUP BY deal_id, deal_seq
)
SELECT deal_id, deal_seq FROM (
  SELECT *, sum(base) OVER (PARTITION BY deal_id ORDER BY deal_seq) AS credited FROM steps
) told WHERE credited <> net_after OR net_after <> most
"""

UNVERIFIED_MONEY = """
SELECT payment.code, payment.status FROM payments_payment payment
WHERE payment.verified_amount IS NULL AND (
  payment.applied_amount <> 0
  OR EXISTS (SELECT 1 FROM ledger_posting WHERE payment_id = payment.id)
  OR EXISTS (SELECT 1 FROM payments_paymentapplication WHERE payment_id = payment.id)
  OR EXISTS (SELECT 1 FROM invoices_invoicesettlement WHERE payment_id = payment.id)
  OR EXISTS (SELECT 1 FROM commissions_collectedcredit WHERE payment_id = payment.id)
)
"""

MONEY_ON_DEALS_NOT_WON = """
SELECT deal.code, deal.status FROM deals_deal deal
WHERE deal.status NOT IN ('won', 'bad_debt') AND (
  coalesce((SELECT sum(amount) FROM payments_paymentapplication WHERE deal_id = deal.id), 0) <> 0
  OR coalesce((SELECT sum(base) FROM commissions_collectedcredit WHERE deal_id = deal.id), 0) <> 0
  OR EXISTS (
    SELECT 1 FROM ledger_posting WHERE deal_id = deal.id
    AND account_id IN ('receivable', 'revenue', 'tax_payable', 'refunds', 'bad_debt')
    GROUP BY account_id, currency HAVING sum(debit - credit) <> 0
  )
)
"""

PAYMENTS_NOT_ADDING_UP = """
SELECT code, verified, applied_amount, applied, credit, cash, gone FROM (
  SELECT payment.*,
    coalesce(verified_amount, 0) AS verified,
    refunded_amount + charged_back_amount + reversed_amount AS gone,
    coalesce((SELECT sum(coalesce(used_amount, amount)) FROM payments_paymentapplication
      WHERE payment_id = payment.id), 0) AS applied,
    coalesce((SELECT sum(credit - debit) FROM ledger_posting
      WHERE payment_id = payment.id AND account_id = 'client_credit'
        AND currency = payment.currency), 0) AS credit,
    coalesce((SELECT sum(debit - credit) FROM ledger_posting
      WHERE payment_id = payment.id AND account_id = 'cash_clearing'
        AND currency = payment.currency), 0) AS cash
  FROM payments_payment payment
) told
WHERE verified <> applied_amount + credit + gone OR applied_amount <> applied
  OR cash <> verified - gone
  OR least(applied, credit, refunded_amount, charged_back_amount, reversed_amount) < 0
"""

# outstanding = total - credited - applied - written off, and never below zero
DEALS_NOT_ADDING_UP = """
SELECT code, status, owed, expected, covered FROM (
  SELECT deal.code, deal.status,
    coalesce((SELECT sum(debit - credit) FROM ledger_posting
      WHERE deal_id = deal.id AND account_id = 'receivable'), 0) AS owed,
    CASE WHEN deal.status NOT IN ('won', 'bad_debt') THEN 0 ELSE version.total
      - coalesce((SELECT sum(total) FROM invoices_creditnote
          WHERE deal_id = deal.id AND reduces_sale AND issued_at >= deal.won_at), 0)
      - coalesce((SELECT sum(amount) FROM payments_paymentapplication
          WHERE deal_id = deal.id), 0)
      - coalesce((SELECT sum(debit - credit) FROM ledger_posting
          WHERE deal_id = deal.id AND account_id = 'bad_debt'), 0) END AS expected,
    (SELECT max(covered) FROM (
      SELECT sum(part.amount) - instalment.amount AS covered
      FROM payments_paymentapplication part JOIN deals_instalment instalment
        ON instalment.id = part.instalment_id
      WHERE part.deal_id = deal.id GROUP BY instalment.id) each) AS covered
  FROM deals_deal deal JOIN deals_dealversion version ON version.id = deal.current_version_id
) told WHERE owed <> expected OR owed < 0 OR covered > 0
"""

# a client's balances are those of its deals and payments, whoever the client was before a merge
CLIENTS_NOT_ADDING_UP = """
SELECT client.code, owed, of_deals, credit, of_payments FROM clients_client client
CROSS JOIN LATERAL (SELECT
  coalesce(sum(debit - credit) FILTER (WHERE account_id = 'receivable'), 0) AS owed,
  coalesce(sum(credit - debit) FILTER (WHERE account_id = 'client_credit'), 0) AS credit
  FROM ledger_posting WHERE client_id = client.id) of_client
CROSS JOIN LATERAL (SELECT coalesce(sum(debit - credit), 0) AS of_deals
  FROM ledger_posting posting JOIN deals_deal deal ON deal.id = posting.deal_id
  WHERE deal.client_id = client.id AND account_id = 'receivable') deals
CROSS JOIN LATERAL (SELECT coalesce(sum(coalesce(verified_amount, 0) - applied_amount
  - refunded_amount - charged_back_amount - reversed_amount), 0) AS of_payments
  FROM payments_payment WHERE client_id = client.id) payments
WHERE owed <> of_deals OR credit <> of_payments OR owed < 0 OR credit < 0
"""

VERSIONS_NOT_ADDING_UP = """
SELECT version.id, version.total, lines, parts FROM deals_dealversion version
CROSS JOIN LATERAL (SELECT coalesce(sum(gross), 0) AS lines, coalesce(sum(net), 0) AS nets,
  coalesce(sum(tax), 0) AS taxes FROM deals_dealline WHERE version_id = version.id) line
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS parts
  FROM deals_instalment WHERE version_id = version.id) part
WHERE lines <> total OR nets <> net OR taxes <> tax OR parts <> total
"""

INVOICES_NOT_ADDING_UP = """
SELECT id, total, nets, taxes, met, credited FROM invoices_invoice invoice
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS lost
  FROM invoices_invoiceloss WHERE invoice_id = invoice.id) loss
CROSS JOIN LATERAL (SELECT sum(net) AS nets, sum(tax) AS taxes
  FROM invoices_invoiceline WHERE invoice_id = invoice.id) line
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS met
  FROM invoices_invoicesettlement WHERE invoice_id = invoice.id) settlement
CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS credited
  FROM invoices_creditnote WHERE invoice_id = invoice.id) note
WHERE nets <> net OR taxes <> tax OR met < 0 OR credited < 0 OR lost < 0
  OR met + credited + lost > total
UNION ALL
SELECT payment.id, payment.applied_amount, sum(met.amount), 0, 0, 0
FROM invoices_invoicesettlement met JOIN payments_payment payment
  ON payment.id = met.payment_id AND payment.currency = met.currency
GROUP BY payment.id HAVING sum(met.amount) > payment.applied_amount OR sum(met.amount) < 0
"""

CREDITED_BEYOND_INVOICE = """
SELECT line.id, line.net, line.tax, sum(credited.net), sum(credited.tax)
FROM invoices_creditnoteline credited
JOIN invoices_invoiceline line ON line.id = credited.invoice_line_id
GROUP BY line.id HAVING sum(credited.net) > line.net OR sum(credited.tax) > line.tax
  OR bool_or(credited.tax_rate_percent <> line.tax_rate_percent)
UNION ALL
SELECT note.id, note.net, note.tax, sum(line.net), sum(line.tax) FROM invoices_creditnote note
JOIN invoices_creditnoteline line ON line.credit_note_id = note.id
GROUP BY note.id HAVING sum(line.net) <> note.net OR sum(line.tax) <> note.tax
"""

# invoices less what was taken back to be invoiced again never ask for more than the deal costs
INVOICED_BEYOND_DEAL = """
SELECT deal.code, version.total, invoiced, again FROM deals_deal deal
JOIN deals_dealversion version ON version.id = deal.current_version_id
CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS invoiced
  FROM invoices_invoice WHERE deal_id = deal.id AND currency = version.currency) invoice
CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS again
  FROM invoices_creditnote WHERE deal_id = deal.id AND currency = version.currency) note
WHERE deal.status IN ('won', 'bad_debt') AND invoiced - again > version.total
"""

# whatever a won deal owes stands on an open invoice, or can still be invoiced
OWED_BUT_NOT_TO_BE_INVOICED = """
SELECT deal.code, owed, version.total, invoiced, again, open FROM deals_deal deal
JOIN deals_dealversion version ON version.id = deal.current_version_id
CROSS JOIN LATERAL (SELECT coalesce(sum(debit - credit), 0) AS owed FROM ledger_posting
  WHERE deal_id = deal.id AND account_id = 'receivable') ledger
CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS invoiced,
    coalesce(sum(greatest(total - met - credited - lost, 0)), 0) AS open,
    coalesce(sum(again), 0) AS again
  FROM invoices_invoice invoice
  CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS lost
    FROM invoices_invoiceloss WHERE invoice_id = invoice.id) loss
  CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS credited,
      coalesce(sum(total) FILTER (WHERE NOT reduces_sale), 0) AS again
    FROM invoices_creditnote WHERE invoice_id = invoice.id) note
  CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS met
    FROM invoices_invoicesettlement WHERE invoice_id = invoice.id) settlement
  WHERE deal_id = deal.id AND currency = version.currency
    AND sale_ended_at IS NULL) papers
WHERE deal.status = 'won' AND owed > version.total - invoiced + again + open
"""

# a deal that owes nothing has no open invoice: no reminder goes out, nothing ages
ASKED_BUT_NOT_OWED = """
SELECT deal.code, deal.status, owed, asked FROM deals_deal deal
CROSS JOIN LATERAL (SELECT coalesce(sum(debit - credit), 0) AS owed FROM ledger_posting
  WHERE deal_id = deal.id AND account_id = 'receivable') ledger
CROSS JOIN LATERAL (
  SELECT coalesce(sum(greatest(total - met - credited - lost, 0)), 0) AS asked
  FROM invoices_invoice invoice
  CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS lost
    FROM invoices_invoiceloss WHERE invoice_id = invoice.id) loss
  CROSS JOIN LATERAL (SELECT coalesce(sum(total), 0) AS credited
    FROM invoices_creditnote WHERE invoice_id = invoice.id) note
  CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS met
    FROM invoices_invoicesettlement WHERE invoice_id = invoice.id) settlement
  WHERE deal_id = deal.id AND status = 'issued') papers
WHERE asked > owed
"""

# what was given up of invoices is a part of what stands as bad debt of their deal
LOST_BUT_NOT_BAD_DEBT = """
SELECT deal.code, lost, bad_debt FROM deals_deal deal
CROSS JOIN LATERAL (SELECT coalesce(sum(debit - credit), 0) AS bad_debt FROM ledger_posting
  WHERE deal_id = deal.id AND account_id = 'bad_debt') ledger
CROSS JOIN LATERAL (SELECT coalesce(sum(loss.amount), 0) AS lost FROM invoices_invoiceloss loss
  JOIN invoices_invoice invoice ON invoice.id = loss.invoice_id WHERE deal_id = deal.id) losses
WHERE lost > bad_debt
"""

SERIES_WITH_GAPS = """
WITH papers AS (
  SELECT series_type, year, sequence FROM invoices_invoice WHERE number IS NOT NULL
  UNION ALL SELECT series_type, year, sequence FROM invoices_creditnote
)
SELECT series.series_type, series.year, count(sequence), series.next_number
FROM invoices_series series
LEFT JOIN papers ON papers.series_type = series.series_type AND papers.year = series.year
GROUP BY series.series_type, series.year
HAVING count(DISTINCT sequence) <> series.next_number - series.first_number
  OR count(sequence) <> count(DISTINCT sequence)
  OR min(sequence) <> series.first_number OR max(sequence) <> series.next_number - 1
"""

# round half to even: what is exactly between two goes to the even one
LADDERS_OFF_THE_FORMULA = """
SELECT head.id, sum(line.base_delta), sum(line.amount), component.rate_percent
FROM commissions_ladderhead head
JOIN commissions_commissionline line ON line.ladder_head_id = head.id
JOIN commissions_component component ON component.id = head.component_id
GROUP BY head.id, component.rate_percent
HAVING abs(sum(line.amount) - sum(line.base_delta) * component.rate_percent / 100)
  > CASE head.currency WHEN 'JPY' THEN 0.5 ELSE 0.005 END
  OR sum(line.amount) <> head.accrued OR sum(line.base_delta) <> head.base
"""

_GAINING = """
  SELECT id AS deal_id, owner_id AS user_id FROM deals_deal
  UNION SELECT deal_id, payee_id FROM deals_salescreditsplit
"""

_DECIDERS = """
  SELECT request.subject_type, request.subject_id, decision.actor_id AS user_id,
    decision.decided_at
  FROM approvals_decision decision
  JOIN approvals_approvalrequest request ON request.id = decision.request_id
"""

# the deals of a payment: its own, and those that have taken money of it, since when
_FED = """
  SELECT id AS payment_id, deal_id, '-infinity'::timestamptz AS since FROM payments_payment
  WHERE deal_id IS NOT NULL
  UNION ALL SELECT payment_id, deal_id, min(applied_at) FROM payments_paymentapplication
  GROUP BY payment_id, deal_id
"""

_MAKERS = """
  SELECT subject_id AS payment_id, actor_id::uuid AS user_id FROM audit_eventrecord
  WHERE actor_kind = 'user' AND (name IN ('payments.payment_drafted',
    'payments.payment_submitted', 'payments.payment_resubmitted')
    OR (name = 'payments.payment_changed' AND NOT after ? 'remarks'))
"""

# of other deals than the payment's own, whoever was credited before its verification is free
_GAINING_SINCE = """
  SELECT id AS deal_id, owner_id AS user_id, 'infinity'::date AS until FROM deals_deal
  UNION ALL SELECT deal_id, payee_id, coalesce(valid_to, 'infinity') FROM deals_salescreditsplit
"""

PAYMENTS_DECIDED_BY_INTERESTED = f"""
WITH gaining AS ({_GAINING}), deciders AS ({_DECIDERS}), makers AS ({_MAKERS}), fed AS ({_FED}),
gaining_since AS ({_GAINING_SINCE})
SELECT payment.code, deciders.user_id FROM payments_payment payment
JOIN deciders ON deciders.subject_id = payment.id
WHERE EXISTS (SELECT 1 FROM makers
    WHERE payment_id = payment.id AND makers.user_id = deciders.user_id)
  OR EXISTS (SELECT 1 FROM gaining
    WHERE gaining.deal_id = payment.deal_id AND gaining.user_id = deciders.user_id)
  OR EXISTS (SELECT 1 FROM fed JOIN gaining_since USING (deal_id)
    WHERE fed.payment_id = payment.id AND gaining_since.user_id = deciders.user_id
      AND gaining_since.until > payment.verified_at::date + 1)
"""  # noqa: S608  our own words

RETURNS_DECIDED_BY_INTERESTED = f"""
WITH gaining AS ({_GAINING}), deciders AS ({_DECIDERS}), makers AS ({_MAKERS}), fed AS ({_FED}),
gaining_since AS ({_GAINING_SINCE})
SELECT asked.code, deciders.user_id FROM returns_return asked
JOIN deciders ON deciders.subject_id = asked.id
LEFT JOIN payments_payment payment ON payment.id = asked.payment_id
WHERE deciders.user_id IN (asked.requested_by_id, payment.maker_id, payment.author_id)
  OR EXISTS (SELECT 1 FROM makers
    WHERE payment_id = payment.id AND makers.user_id = deciders.user_id)
  OR EXISTS (SELECT 1 FROM gaining
    WHERE gaining.deal_id = asked.deal_id AND gaining.user_id = deciders.user_id)
  OR EXISTS (SELECT 1 FROM fed JOIN gaining_since USING (deal_id)
    WHERE fed.payment_id = payment.id AND gaining_since.user_id = deciders.user_id
      AND fed.since <= deciders.decided_at
      AND gaining_since.until > payment.verified_at::date + 1)
"""  # noqa: S608  our own words

# credit that somebody gave to a deal: no event but the application itself brought it there
CREDIT_APPLIED_BY_INTERESTED = f"""
WITH makers AS ({_MAKERS}), gaining_since AS ({_GAINING_SINCE}),
given AS (
  SELECT DISTINCT part.payment_id, part.deal_id, told.actor_id::uuid AS user_id
  FROM payments_paymentapplication part JOIN audit_eventrecord told
    ON told.name = 'payments.payment_applied' AND told.actor_kind = 'user'
    AND told.recorded_at = part.applied_at
    AND (told.payload ->> 'payment_id')::uuid = part.payment_id
    AND (told.payload ->> 'deal_id')::uuid = part.deal_id
  WHERE part.amount > 0
    AND NOT EXISTS (SELECT 1 FROM audit_eventrecord WHERE id = part.cause_event_id)
)
SELECT payment.code, given.deal_id, given.user_id FROM given
JOIN payments_payment payment ON payment.id = given.payment_id
WHERE EXISTS (SELECT 1 FROM makers
    WHERE payment_id = payment.id AND makers.user_id = given.user_id)
  OR EXISTS (SELECT 1 FROM gaining_since
    WHERE gaining_since.deal_id = given.deal_id AND gaining_since.user_id = given.user_id
      AND gaining_since.until > payment.verified_at::date + 1)
"""  # noqa: S608  our own words

DISCOUNTS_DECIDED_BY_INTERESTED = f"""
WITH gaining AS ({_GAINING}), deciders AS ({_DECIDERS})
SELECT deciders.subject_id, deciders.user_id FROM deciders
JOIN approvals_approvalrequest request ON request.subject_id = deciders.subject_id
WHERE deciders.subject_type LIKE 'deals.%' AND (
  deciders.user_id IN (request.submitter_id, request.author_id)
  OR EXISTS (SELECT 1 FROM gaining
    WHERE gaining.deal_id = request.context_id AND gaining.user_id = deciders.user_id))
"""  # noqa: S608  our own words

VERIFIED_WITHOUT_DECISION = """
SELECT payment.code FROM payments_payment payment
WHERE payment.status IN ('verified', 'reversed') AND NOT EXISTS (
  SELECT 1 FROM approvals_decision decision
  JOIN approvals_approvalrequest request ON request.id = decision.request_id
  WHERE request.subject_id = payment.id AND request.status = 'approved'
    AND decision.verdict = 'approve' AND decision.content_hash = request.content_hash
    AND decision.round_number = request.round_number
    AND decision.verified_amount >= payment.verified_amount)
"""

UNBALANCED_CURRENCIES = """
SELECT currency, sum(debit), sum(credit) FROM ledger_posting
GROUP BY currency HAVING sum(debit) <> sum(credit)
"""

UNBALANCED_ENTRIES = """
SELECT entry.id, entry.kind FROM ledger_journalentry entry
LEFT JOIN ledger_posting posting ON posting.entry_id = entry.id
GROUP BY entry.id, entry.kind, posting.currency
HAVING sum(debit) IS DISTINCT FROM sum(credit) OR count(posting.id) < 2
"""

OWED_PER_DEAL = """
SELECT deal_id, trim(currency), sum(debit - credit) FROM ledger_posting
WHERE account_id = 'receivable' AND deal_id IS NOT NULL
GROUP BY deal_id, currency HAVING sum(debit - credit) <> 0
"""

STANDING_PER_CLIENT = """
SELECT * FROM (
  SELECT client_id, trim(currency),
    coalesce(sum(debit - credit) FILTER (WHERE account_id = 'receivable'), 0) AS owed,
    coalesce(sum(credit - debit) FILTER (WHERE account_id = 'client_credit'), 0) AS credit
  FROM ledger_posting WHERE client_id IS NOT NULL GROUP BY client_id, currency
) told WHERE owed <> 0 OR credit <> 0
"""

CLIENTS_WITH_POSTINGS = "SELECT DISTINCT client_id FROM ledger_posting WHERE client_id IS NOT NULL"

# everything that commission is computed from and everything it came to, as two fingerprints
COMMISSION = """
SELECT md5(coalesce(string_agg(told::text, '|' ORDER BY told.id), '')) FROM (
  SELECT id, to_jsonb(line) - 'created_at' AS row FROM commissions_commissionline line
  UNION ALL SELECT id, to_jsonb(credit) - 'created_at' FROM commissions_collectedcredit credit
  UNION ALL SELECT id, to_jsonb(head) - 'created_at' FROM commissions_ladderhead head
  UNION ALL SELECT id, payload FROM audit_eventrecord
    WHERE name IN ('payments.payment_applied', 'payments.payment_unapplied')
) told
"""

# whatever is shown to be owed or held is a sum of postings, of won deals or of all
WHAT_BALANCES_FOLLOW_FROM = """
SELECT md5(string_agg(id::text, '' ORDER BY id)) FROM ledger_posting
UNION ALL SELECT md5(string_agg(id::text || status || current_version_id::text
  || client_id::text, '' ORDER BY id)) FROM deals_deal
"""

WHAT_ACCOUNTS_FOLLOW_FROM = """
SELECT client.id, count(posting.id), md5(string_agg(posting.id::text, '' ORDER BY posting.id))
FROM clients_client client LEFT JOIN ledger_posting posting ON posting.client_id = client.id
GROUP BY client.id ORDER BY client.id
"""
