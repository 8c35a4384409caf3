"""Letters about an invoice of which a part was credited: by which note, and what is left."""

from datetime import datetime, timedelta

import pytest

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.invoices.models import CreditNote, Invoice
from tenant_apps.invoices.selectors import due_reminders, find_invoice, letter_of, next_letter
from tenant_apps.invoices.services import credit_invoice
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.invoices.stories import pay
from tests.payments.figures import dollars
from tests.queries import queries_of

HOUR = timedelta(hours=1)


@pytest.fixture
def invoice(sam: User, at_noon: datetime) -> Invoice:
    """1,000.00 of a deal of Sam's."""
    return IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)


def credit(invoice: Invoice, amount: Money | None, fay: User, at: datetime) -> CreditNote:
    """Credit a part of an invoice, or all of it."""
    return credit_invoice(invoice_id=invoice.pk, amount=amount, reason="Late", by=fay, at=at)


def account(body: str) -> list[str]:
    """Return the lines of a letter from the total to what is open."""
    return body.replace("\xa0", " ").split("\n\n")[2].split("\n")


class TestLetter:
    def test_says_nothing_of_credit_notes_where_there_are_none(self, invoice: Invoice) -> None:
        assert "redit" not in letter_of(find_invoice(invoice.pk)).body

    def test_names_each_credit_note_and_what_is_left(
        self, invoice: Invoice, fay: User, vera: User, at_noon: datetime
    ) -> None:
        pay(invoice.deal, dollars(300), checker=vera, at=at_noon)
        notes = [credit(invoice, dollars(100), fay, at_noon + n * HOUR) for n in (1, 2)]
        read = find_invoice(invoice.pk)
        said = [
            f"Invoice {invoice.number}: USD 1,000.00",
            *(f"Credited by credit note {note.number}: USD 100.00" for note in notes),
            "Already settled: USD 300.00",
            "Still to be paid: USD 500.00",
        ]
        assert account(letter_of(read).body) == said
        for level in range(4):
            assert account(next_letter(read, level=level).body) == said

    def test_asks_for_nothing_once_all_is_credited(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        note = credit(invoice, None, fay, at_noon)
        body = letter_of(find_invoice(invoice.pk)).body
        assert "paid in full" not in body
        assert "Nothing is left to be paid." in body
        assert account(body)[1:] == [
            f"Credited by credit note {note.number}: USD 1,000.00",
            "Still to be paid: USD 0.00",
        ]

    def test_is_in_the_language_of_the_invoice(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        note = credit(invoice, dollars(100), fay, at_noon)
        read = find_invoice(invoice.pk)
        read.issuer = {**read.issuer, "locale": "de"}
        assert account(letter_of(read).body) == [
            f"Rechnung {invoice.number}: 1.000,00 USD",
            f"Gutgeschrieben mit Gutschrift {note.number}: 100,00 USD",
            "Noch zu zahlen: 900,00 USD",
        ]


def test_reminders_that_are_due_cost_as_much_for_many_credited_invoices(
    sam: User, fay: User, at_noon: datetime
) -> None:
    late, costs = at_noon + timedelta(days=60), []
    for _round in range(2):
        for _ in range(3):
            deal = WonDealFactory(by=sam, at=at_noon)
            credit(IssuedInvoiceFactory(deal=deal, at=at_noon), dollars(100), fay, at_noon)
        costs.append(queries_of(lambda: due_reminders(at=late)))
    assert costs[0] == costs[1]
    assert all("Credited by credit note" in each.letter.body for each in due_reminders(at=late))
