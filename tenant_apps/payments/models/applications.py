"""Where the money of a payment went."""

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import AmountField, CurrencyField, Row, money_of
from shared_apps.kernel.money import Money
from tenant_apps.payments.models.payment import Payment


class PaymentApplication(Row):
    """A part of a verified payment that covers an instalment. Rows are only ever added.

    A negative amount takes cover back: what covers an instalment is the sum of its rows.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="applications")
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    instalment = models.ForeignKey("deals.Instalment", on_delete=models.PROTECT, related_name="+")
    amount = AmountField()
    currency = CurrencyField()
    cause_event_id = models.UUIDField()
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="application_moves_something"),
            models.UniqueConstraint(
                fields=["payment", "instalment", "cause_event_id"],
                name="application_once_per_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id}: {self.money}"

    @property
    def money(self) -> Money:
        """Return the part."""
        return money_of(self.amount, self.currency)
