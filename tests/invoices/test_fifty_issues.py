"""Fifty people issue at one moment: one wins a draft, and numbers have no gap."""

from datetime import UTC, datetime
from functools import partial

import pytest

from shared_apps.tenancy.context import Tenant
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import issue_invoice
from tests.cast import make_cast, person_named
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory
from tests.payments.racing import race

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture
def office(fresh_tenant: Tenant) -> Tenant:
    """An organization of its own, with the whole cast."""
    make_cast(at=AT)
    return fresh_tenant


class TestFiftyIssues:
    def test_of_one_draft_have_one_winner(self, office: Tenant) -> None:
        draft = DraftInvoiceFactory(at=AT)
        people = [person_named(name) for name in ("fay", "vera", "olga", "adam", "viktor")]
        calls = [
            partial(issue_invoice, invoice_id=draft.pk, by=people[n % 5], at=AT) for n in range(50)
        ]
        assert race(office, calls) == {"ok": 1, "invoice_already_issued": 49}
        assert Invoice.objects.get().number == "INV-2026-000001"

    def test_of_50_drafts_leave_no_gap(self, office: Tenant) -> None:
        deals = [WonDealFactory(at=AT) for _ in range(50)]
        drafts = [DraftInvoiceFactory(deal=deal, at=AT) for deal in deals]
        fay = person_named("fay")
        calls = [partial(issue_invoice, invoice_id=draft.pk, by=fay, at=AT) for draft in drafts]
        assert race(office, calls) == {"ok": 50}
        taken = Invoice.objects.order_by("sequence").values_list("sequence", flat=True)
        assert list(taken) == list(range(1, 51))
