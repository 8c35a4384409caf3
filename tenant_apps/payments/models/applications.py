"""Where the money of a payment went."""

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import AmountField, CurrencyField, Row, money_of
from shared_apps.kernel.money import DECIMAL_PLACES, MAX_DIGITS, Money
from shared_apps.kernel.rights import APPEND_ONLY
from tenant_apps.payments.models.payment import Payment


class PaymentApplication(Row):
    """A part of a verified payment that covers an instalment. Rows are only ever added.

    A negative amount takes cover back: what covers an instalment is the sum of its rows.
    """

    rights = APPEND_ONLY

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="applications")
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    instalment = models.ForeignKey("deals.Instalment", on_delete=models.PROTECT, related_name="+")
    amount = AmountField()
    currency = CurrencyField()
    # what of the payment was used for it, where the deal is in another currency
    used_amount = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True
    )
    fx_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
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
    def used_money(self) -> Money:
        """Return what of the payment was used for the part, in the payment's currency."""
        if self.used_amount is None:
            return self.money
        return money_of(self.used_amount, self.payment.currency)

    @property
    def money(self) -> Money:
        """Return the part."""
        return money_of(self.amount, self.currency)
