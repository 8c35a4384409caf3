"""Numbers without a gap, and the certificate that proves it."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.invoices.certificate import ChainLink, chain_hash
from tenant_apps.invoices.models import Invoice, Series
from tenant_apps.invoices.services import invoice_due_instalments, issue_invoice
from tenant_apps.payments.services import Approval, approve_payment
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.factories.payments import SubmittedPaymentFactory
from tests.invoices.stories import numbers
from tests.payments.figures import check_books
from tests.payments.racing import race

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
URL = "/api/business/invoices/series/invoice/2026/certificate/"


class TestCertificate:
    def test_counts_sums_and_chains_the_series(
        self, sam: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        for _ in range(3):
            IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
        DraftInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
        data = ok(as_fay.get(URL))

        assert (data["first"], data["last"]) == ("INV-2026-000001", "INV-2026-000003")
        assert (data["count"], data["is_gapless"], data["next_number"]) == (3, True, 4)
        assert data["totals"] == [{"amount": "3000.00", "currency": "USD"}]
        rows = Invoice.objects.exclude(number=None).order_by("sequence")
        links = [ChainLink(str(row.number), row.content_hash) for row in rows]
        assert data["chain_hash"] == chain_hash(links)

    def test_changes_with_every_invoice(self) -> None:
        links = [ChainLink("INV-1", "aa"), ChainLink("INV-2", "bb")]

        assert chain_hash([]) == "0" * 64
        assert len({chain_hash(links), chain_hash(links[::-1]), chain_hash(links[:1])}) == 3

    def test_names_a_gap(self, sam: User, as_fay: PrsClient, at_noon: datetime) -> None:
        IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
        Series.objects.update(next_number=3)

        assert ok(as_fay.get(URL))["is_gapless"] is False

    def test_is_not_there_for_a_series_that_never_began(self, as_fay: PrsClient) -> None:
        error(as_fay.get(URL.replace("2026", "1999")), 404)

    def test_is_refused_to_whoever_sees_only_some_invoices(
        self, sam: User, as_sam: PrsClient, at_noon: datetime
    ) -> None:
        IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)

        error(as_sam.get(URL), 403)

    def test_is_another_one_for_another_organization(
        self, sam: User, as_mallory: PrsClient, at_noon: datetime
    ) -> None:
        IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)

        error(as_mallory.get(URL), 404)


@pytest.fixture
def office(fresh_tenant: Tenant) -> Tenant:
    """An organization of its own, with the whole cast."""
    make_cast(at=AT)
    return fresh_tenant


class TestRaces:
    def test_leave_no_gap_under_50_approvals_on_50_deals(self, office: Tenant) -> None:
        payments = [SubmittedPaymentFactory(at=AT) for _ in range(50)]
        vera = person_named("vera")
        calls = [
            partial(approve_payment, payment_id=each.pk, checker=vera, approval=Approval(), at=AT)
            for each in payments
        ]

        assert race(office, calls) == {"ok": 50}
        assert numbers() == [f"INV-2026-{number:06d}" for number in range(1, 51)]
        check_books()

    def test_issue_a_draft_once(self, office: Tenant) -> None:
        draft = DraftInvoiceFactory(at=AT)
        fay = person_named("fay")
        calls = [partial(issue_invoice, invoice_id=draft.pk, by=fay, at=AT)] * 12

        assert race(office, calls) == {"ok": 1, "invoice_already_issued": 11}
        assert numbers() == ["INV-2026-000001"]

    def test_invoice_an_instalment_once_under_12_schedules(self, office: Tenant) -> None:
        for _ in range(3):
            WonDealFactory(at=AT)
        eager = replace(office, settings={"invoice_when": "on_win"})

        assert race(eager, [partial(invoice_due_instalments, at=AT)] * 12) == {"ok": 12}
        assert numbers() == [f"INV-2026-{number:06d}" for number in range(1, 4)]
        check_books()
