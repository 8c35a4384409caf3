"""Invoices, made through the services."""

from typing import Any

import factory

from shared_apps.kernel.clock import utc_now
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import draft_invoice, issue_invoice
from tests.cast import person_named
from tests.factories.deals import WonDealFactory


class DraftInvoiceFactory(factory.Factory[Invoice]):
    """A draft by Fay for everything that is left of a won deal of Sam's, or for `amount`."""

    class Meta:
        model = Invoice

    by = factory.LazyFunction(lambda: person_named("fay"))
    at = factory.LazyFunction(utc_now)
    deal = factory.LazyAttribute(lambda new: WonDealFactory(at=new.at))
    amount = None

    @classmethod
    def _create(cls, model_class: type[Invoice], *_args: Any, **given: Any) -> Invoice:
        return draft_invoice(
            deal_id=given["deal"].pk, amount=given["amount"], by=given["by"], at=given["at"]
        )


class IssuedInvoiceFactory(DraftInvoiceFactory):
    """The same, issued."""

    @classmethod
    def _create(cls, model_class: type[Invoice], *args: Any, **given: Any) -> Invoice:
        draft = super()._create(model_class, *args, **given)
        return issue_invoice(invoice_id=draft.pk, by=given["by"], at=given["at"])
