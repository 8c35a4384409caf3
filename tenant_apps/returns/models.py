"""Money that goes back, never comes or is expected again: refunds to recoveries."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import CHANGE_MARKS, AmountField, CurrencyField, Entity, money_of
from shared_apps.kernel.money import Money
from shared_apps.kernel.rights import Rights

if TYPE_CHECKING:
    from datetime import datetime


class Kind(models.TextChoices):
    """What happens to the money."""

    REFUND = "refund"
    REVERSAL = "reversal"
    CHARGEBACK = "chargeback"
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"


class Status(models.TextChoices):
    """Where it stands. A refund takes effect when it is sent, everything else when approved.

    A chargeback that is approved was lost to the bank; one that is rejected was won. Who asked for
    a return takes it back while it is requested.
    """

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SENT = "sent"
    FAILED = "failed"
    RECOVERED = "recovered"


PENDING = (Status.REQUESTED, Status.APPROVED)


class Return(Entity):
    """Money asked to be returned or given up, which a second person decides on.

    A write-off names a deal, a recovery the write-off that it takes back as well, everything else a
    payment (and the deal that it belongs to).
    `reduces_sale` on a refund: the client owes as much less; otherwise the sale stands and is owed
    again. `reference` is the bank's, `sent_at` when a refund left.
    """

    rights = Rights(
        update=(
            "status",
            "decided_by_id",
            "decided_at",
            "sent_at",
            "reference",
            "failure",
            "client",
            *CHANGE_MARKS,
        )
    )

    code = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    payment = models.ForeignKey(
        "payments.Payment", models.PROTECT, null=True, related_name="returns"
    )
    deal = models.ForeignKey("deals.Deal", models.PROTECT, null=True, related_name="+")
    client = models.ForeignKey("clients.Client", models.PROTECT, related_name="+")
    write_off = models.ForeignKey("self", models.PROTECT, null=True, related_name="recoveries")
    amount = AmountField()
    currency = CurrencyField()
    reduces_sale = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    reference = models.CharField(max_length=120, blank=True)
    content_hash = models.CharField(max_length=64)
    requested_by_id = models.UUIDField()
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="return_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="return_status_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="return_amount_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="return_has_reason"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["write_off", "recovery"], payment__isnull=True, deal__isnull=False
                )
                | (~Q(kind__in=["write_off", "recovery"]) & Q(payment__isnull=False)),
                name="return_names_its_money",
            ),
            models.CheckConstraint(
                condition=Q(kind="recovery", write_off__isnull=False)
                | (~Q(kind="recovery") & Q(write_off__isnull=True)),
                name="return_recovers_a_write_off",
            ),
            models.CheckConstraint(
                condition=Q(reduces_sale=False) | Q(kind="refund", deal__isnull=False),
                name="return_reduces_sale_of_a_deal",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | ~Q(decided_by_id=models.F("requested_by_id")),
                name="return_not_decided_by_requester",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | (Q(sent_at__isnull=False) & ~Q(reference="")),
                name="return_sent_has_reference",
            ),
            # one open reversal of a payment, write-off of a deal, recovery of a write-off
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(kind="reversal", status__in=["requested", "approved"]),
                name="return_one_reversal",
            ),
            models.UniqueConstraint(
                fields=["deal"],
                condition=Q(kind="write_off", status="requested"),
                name="return_one_open_write_off",
            ),
            models.UniqueConstraint(
                fields=["write_off"],
                condition=Q(kind="recovery", status="requested"),
                name="return_one_open_recovery",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="return_newest"),
            models.Index(fields=["payment", "status"], name="return_of_payment"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def money(self) -> Money:
        """Return how much it is."""
        return money_of(self.amount, self.currency)

    @property
    def effective_at(self) -> "datetime | None":
        """Return when the money moved: a refund's when it left, else with the decision."""
        return self.sent_at if self.kind == Kind.REFUND else self.decided_at

    @property
    def is_requested(self) -> bool:
        """Return whether it waits for a decision."""
        return self.status == Status.REQUESTED

    @property
    def is_approved_refund(self) -> bool:
        """Return whether a refund waits to be sent."""
        return self.kind == Kind.REFUND and self.status == Status.APPROVED

    @property
    def is_posted_write_off(self) -> bool:
        """Return whether it is a loss that stands in the books and can be recovered."""
        return self.kind == Kind.WRITE_OFF and self.status == Status.APPROVED
