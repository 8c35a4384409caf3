"""Discounts above the limit that were asked for."""

from django.db import models
from django.db.models import F, Q

from shared_apps.kernel.models import CHANGE_MARKS, AmountField, CurrencyField, Entity
from shared_apps.kernel.rights import Rights
from tenant_apps.deals.models.deals import Deal


class DiscountStatus(models.TextChoices):
    """Where a request stands; a change of the deal's terms withdraws one that is still open."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class DiscountRequest(Entity):
    """A discount above the limit that waits for a second person, or was decided.

    It is about exactly the terms whose `content_hash` it names: those of the deal's version
    `version_number`, or proposed ones (`proposal`: the terms of an amendment that is not made yet).
    """

    rights = Rights(update=("status", "decided_by_id", "decided_at", "decision", *CHANGE_MARKS))

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="discount_requests")
    version_number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4)
    limit_percent = models.DecimalField(max_digits=7, decimal_places=4)
    total = AmountField()
    currency = CurrencyField()
    proposal = models.JSONField(null=True)
    reason = models.CharField(max_length=500)
    status = models.CharField(
        max_length=10, choices=DiscountStatus, default=DiscountStatus.REQUESTED
    )
    requested_by_id = models.UUIDField()
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DiscountStatus.values), name="discount_request_status"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="discount_request_has_reason"),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("requested_by_id")),
                name="discount_not_decided_by_requester",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "withdrawn"])
                | Q(decided_by_id__isnull=False, decided_at__isnull=False),
                name="discount_decided_by_whom",
            ),
            models.UniqueConstraint(
                fields=["deal"], condition=Q(status="requested"), name="discount_one_open_request"
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="discount_newest"),
            models.Index(fields=["deal", "content_hash"], name="discount_of_terms"),
        ]

    def __str__(self) -> str:
        return f"{self.discount_percent} % on {self.deal_id}"

    @property
    def is_requested(self) -> bool:
        """Return whether it waits for a decision."""
        return self.status == DiscountStatus.REQUESTED
