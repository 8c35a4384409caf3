"""A fingerprint of what is in an organization, without what differs from one making to the next.

Ids, instants of writing, random file names and hashes over ids stay out; codes, names, amounts,
statuses and the instants of the business are in. Equal seeds make equal fingerprints.
"""

import hashlib
import json
from typing import Any

from django.db import connection

# each query names its columns and an order that business values decide alone
QUERIES = {
    "people": """
        SELECT u.email, u.first_name, u.last_name, u.status, r.code
        FROM accounts_user u
        LEFT JOIN access_roleassignment a ON a.user_id = u.id
        LEFT JOIN access_role r ON r.id = a.role_id
        ORDER BY u.email, r.code""",
    "clients": """
        SELECT c.code, c.name, c.legal_name, c.billing_address::text, c.email, c.status, u.email
        FROM clients_client c JOIN accounts_user u ON u.id = c.owner_id
        ORDER BY c.code""",
    "deals": """
        SELECT d.code, d.name, c.code, u.email, d.status, d.deal_on, d.won_at,
               v.number, v.currency, v.net, v.tax, v.total
        FROM deals_deal d
        JOIN clients_client c ON c.id = d.client_id
        JOIN accounts_user u ON u.id = d.owner_id
        JOIN deals_dealversion v ON v.id = d.current_version_id
        ORDER BY d.code""",
    "instalments": """
        SELECT d.code, i.position, i.due_on, i.amount
        FROM deals_instalment i
        JOIN deals_dealversion v ON v.id = i.version_id
        JOIN deals_deal d ON d.id = v.deal_id
        ORDER BY d.code, v.number, i.position""",
    "splits": """
        SELECT d.code, u.email, s.share_percent
        FROM deals_salescreditsplit s
        JOIN deals_deal d ON d.id = s.deal_id
        JOIN accounts_user u ON u.id = s.payee_id
        ORDER BY d.code, u.email""",
    "payments": """
        SELECT p.code, d.code, u.email, p.amount, p.currency, p.method, p.reference,
               p.received_on, p.status, p.submitted_at, p.decided_at, p.verified_amount,
               p.applied_amount, p.decision_reason
        FROM payments_payment p
        JOIN accounts_user u ON u.id = p.maker_id
        LEFT JOIN deals_deal d ON d.id = p.deal_id
        ORDER BY p.code""",
    "proofs": """
        SELECT p.code, f.sha256
        FROM payments_paymentproof f JOIN payments_payment p ON p.id = f.payment_id
        ORDER BY p.code, f.sha256""",
    "invoices": """
        SELECT i.number, d.code, i.status, i.currency, i.net, i.tax, i.total, i.issued_on, i.due_on
        FROM invoices_invoice i JOIN deals_deal d ON d.id = i.deal_id
        ORDER BY i.number, d.code, i.total, i.tax""",
    "commission": """
        SELECT u.email, d.code, p.code, l.period, l.ladder_seq, l.base_delta, l.amount, l.currency
        FROM commissions_commissionline l
        JOIN accounts_user u ON u.id = l.payee_id
        JOIN deals_deal d ON d.id = l.deal_id
        JOIN payments_payment p ON p.id = l.payment_id
        ORDER BY u.email, p.code, d.code, l.period, l.ladder_seq""",
    "ledger": """
        SELECT account_id, currency, sum(debit), sum(credit), count(*)
        FROM ledger_posting GROUP BY account_id, currency ORDER BY account_id, currency""",
    "events": """
        SELECT name, recorded_at, actor_label, count(*)
        FROM audit_eventrecord
        WHERE name <> 'organizations.organization_provisioned'
          AND recorded_at <> (SELECT min(recorded_at) FROM audit_eventrecord
                              WHERE name = 'organizations.organization_provisioned')
        GROUP BY name, recorded_at, actor_label ORDER BY recorded_at, name, actor_label""",
}


def content_digest() -> str:
    """Return the SHA-256 over the business content of the organization at work, as hex."""
    fingerprint = hashlib.sha256()
    for topic, query in QUERIES.items():
        fingerprint.update(f"[{topic}]\n".encode())
        for row in _rows(query):
            fingerprint.update(json.dumps(row, default=str).encode() + b"\n")
    return fingerprint.hexdigest()


def content_counts() -> dict[str, int]:
    """Return how many rows each topic of the digest has, in the organization at work."""
    return {topic: len(_rows(query)) for topic, query in QUERIES.items()}


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
