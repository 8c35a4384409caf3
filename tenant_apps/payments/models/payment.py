"""Payments: what was said, what was found, and how far the money went."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import LessThan

from shared_apps.kernel.models import AmountField, CurrencyField, Entity, money_of
from shared_apps.kernel.money import DECIMAL_PLACES, MAX_DIGITS, Money
from shared_apps.kernel.rights import KEPT
from tenant_apps.payments.exchange import FxQuote, worth_of


class Method(models.TextChoices):
    """How the money came."""

    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    CASH = "cash"
    CHEQUE = "cheque"
    WALLET = "wallet"
    OTHER = "other"


class Status(models.TextChoices):
    """Where a payment stands between its maker and its verifier."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    VERIFIED = "verified"
    REJECTED = "rejected"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"


# tuples: a set would be written to the migrations in a random order
EDITABLE = (Status.DRAFT, Status.SUBMITTED, Status.CHANGES_REQUESTED)
UNVERIFIED = (Status.REJECTED, Status.WITHDRAWN)
DEAD = (*UNVERIFIED, Status.REVERSED)
WITHOUT_MONEY = EDITABLE + UNVERIFIED


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Filters of payments."""

    def live(self) -> "PaymentQuerySet":
        """Leave out what was rejected or withdrawn."""
        return self.exclude(status__in=DEAD)

    def waiting_for_deal(self) -> "PaymentQuerySet":
        """Keep verified payments with money that no deal has taken yet."""
        gone = F("refunded_amount") + F("charged_back_amount") + F("reversed_amount")
        has_some = LessThan(F("applied_amount") + gone, F("verified_amount"))
        return self.filter(has_some, status=Status.VERIFIED)


class Payment(Entity):
    """Money that a client says it paid. It counts nowhere until a second person has verified it.

    `amount` is gross; the bank's fee and the tax withheld stand beside it. `applied_amount` is the
    sum of the payment's applications: the constraint on it holds rule M4 in the database.
    `maker` wrote it down, `author_id` last changed its content, `submitted_by_id` handed it in.
    """

    rights = KEPT

    code = models.CharField(max_length=20, unique=True, editable=False)
    external_id = models.CharField(max_length=100, unique=True, null=True)  # noqa: DJ001 (unique)
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+")
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, null=True, related_name="+")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    author_id = models.UUIDField(editable=False)
    amount = AmountField()
    currency = CurrencyField()
    method = models.CharField(max_length=20, choices=Method.choices)
    reference = models.CharField(max_length=120, blank=True)
    received_on = models.DateField()
    bank_fee = AmountField(default=Decimal(0))
    withholding = AmountField(default=Decimal(0))
    # the rate for a deal in another currency, `fx_currency`: its units for one of the payment's
    fx_currency = CurrencyField(blank=True, default="", db_default="")
    fx_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    fx_rate_on = models.DateField(null=True)
    fx_source = models.CharField(max_length=120, blank=True, default="", db_default="")
    remarks = models.TextField(blank=True)
    late_reason = models.TextField(blank=True)
    duplicate_justification = models.TextField(blank=True)
    # the payments that it looked like when it was submitted, each with the words that let it pass
    duplicate_hits = models.JSONField(default=list, db_default=[], editable=False)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    content_hash = models.CharField(max_length=64, editable=False)
    client_reference = models.CharField(  # noqa: DJ001 (unique)
        max_length=64, unique=True, null=True, editable=False
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_by_id = models.UUIDField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by_id = models.UUIDField(null=True, editable=False)
    decision_reason = models.TextField(blank=True, editable=False)
    failure_reason = models.CharField(max_length=30, blank=True, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_amount = models.DecimalField(
        max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, editable=False
    )
    applied_amount = AmountField(default=Decimal(0), editable=False)
    # which instalments the verifier wants covered first: [{"instalment", "amount"}]
    planned_allocations = models.JSONField(default=list, db_default=[], editable=False)
    # what left again: never more than was verified (rule M4)
    refunded_amount = AmountField(default=Decimal(0), db_default=Decimal(0), editable=False)
    charged_back_amount = AmountField(default=Decimal(0), db_default=Decimal(0), editable=False)
    reversed_amount = AmountField(default=Decimal(0), db_default=Decimal(0), editable=False)
    # how urgent its review is, as the submission left it: see risk.py
    risk_score = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    risk_reasons = models.JSONField(default=list, db_default=[], editable=False)
    review_due_at = models.DateTimeField(null=True, editable=False)
    queue_at = models.DateTimeField(null=True, editable=False)
    overdue_noted_at = models.DateTimeField(null=True, editable=False)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="payment_status_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=Method.values), name="payment_method_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(fx_currency="", fx_rate=None, fx_rate_on=None, fx_source="")
                | (
                    Q(fx_rate__gt=0, fx_rate_on__isnull=False)
                    & ~Q(fx_source="")
                    & ~Q(fx_currency="")
                ),
                name="payment_rate_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    bank_fee__gte=0,
                    withholding__gte=0,
                    amount__gte=F("bank_fee") + F("withholding"),
                ),
                name="payment_deductions_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | Q(submitted_at__isnull=False, submitted_by_id__isnull=False),
                name="payment_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | ~Q(method=Method.CHEQUE) | ~Q(reference=""),
                name="payment_cheque_has_reference",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.VERIFIED)
                | Q(
                    verified_amount__isnull=False,
                    verified_at__isnull=False,
                    decided_at__isnull=False,
                    decided_by_id__isnull=False,
                ),
                name="payment_verified_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WITHOUT_MONEY) | Q(verified_amount__isnull=True),
                name="payment_unverified_has_no_money",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | (
                    ~Q(decided_by_id=F("maker"))
                    & ~Q(decided_by_id=F("author_id"))
                    & ~Q(decided_by_id=F("submitted_by_id"))
                ),
                name="payment_not_decided_by_maker",
            ),
            models.CheckConstraint(
                condition=Q(verified_amount__isnull=True)
                | Q(verified_amount__gt=0, verified_amount__lte=F("amount")),
                name="payment_verified_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(applied_amount=0)
                | Q(
                    applied_amount__gt=0,
                    verified_amount__isnull=False,
                    applied_amount__lte=F("verified_amount"),
                ),
                name="payment_applied_within_verified",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, charged_back_amount__gte=0)
                & Q(reversed_amount__gte=0),
                name="payment_returned_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount=0, charged_back_amount=0, reversed_amount=0)
                | Q(
                    verified_amount__gte=F("applied_amount")
                    + F("refunded_amount")
                    + F("charged_back_amount")
                    + F("reversed_amount")
                ),
                name="payment_adds_up",
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(method=Method.CHEQUE) & ~Q(reference="") & ~Q(status__in=UNVERIFIED),
                name="payment_cheque_once",
            ),
        ]
        indexes = [
            # the verifier's queue: by age, and a risk counts as age
            models.Index(
                fields=["queue_at", "id"],
                condition=Q(status=Status.SUBMITTED),
                name="payment_queue_by_risk",
            ),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status=Status.SUBMITTED),
                name="payment_queue",
            ),
            # what amount is usual
            models.Index(
                fields=["currency", "-verified_at", "-id"],
                condition=Q(verified_at__isnull=False),
                name="payment_latest_verified",
            ),
            # the search for a payment that looks the same
            models.Index(fields=["client", "amount", "received_on"], name="payment_look_alike"),
            models.Index(fields=["currency", "amount"], name="payment_like_amount"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def money(self) -> Money:
        """Return the gross amount."""
        return money_of(self.amount, self.currency)

    @property
    def fx(self) -> FxQuote | None:
        """Return the rate for a deal in another currency, None where there is none."""
        if self.fx_rate is None or self.fx_rate_on is None:
            return None
        return FxQuote(rate=self.fx_rate, rate_on=self.fx_rate_on, source=self.fx_source)

    @property
    def worth(self) -> Money | None:
        """Return the gross amount at its rate, in the deal's currency; None without a rate."""
        if self.fx_rate is None:
            return None
        return worth_of(self.money, rate=self.fx_rate, currency=self.fx_currency)

    @property
    def bank_fee_money(self) -> Money:
        """Return what the bank kept of the gross amount."""
        return money_of(self.bank_fee, self.currency)

    @property
    def withholding_money(self) -> Money:
        """Return the tax that the client withheld from the gross amount."""
        return money_of(self.withholding, self.currency)

    @property
    def verified_money(self) -> Money | None:
        """Return what the verifier found, None while nobody has."""
        return (
            None if self.verified_amount is None else money_of(self.verified_amount, self.currency)
        )

    @property
    def applied_money(self) -> Money:
        """Return the part that deals have taken."""
        return money_of(self.applied_amount, self.currency)

    @property
    def unapplied_money(self) -> Money:
        """Return the verified part that no deal has taken: it is the client's credit."""
        held = (self.verified_amount or Decimal(0)) - self.returned_amount
        return money_of(held - self.applied_amount, self.currency)

    @property
    def returned_amount(self) -> Decimal:
        """Return what of the verified amount is not there any more."""
        return self.refunded_amount + self.charged_back_amount + self.reversed_amount

    @property
    def returned_money(self) -> Money:
        """Return what was refunded, charged back or reversed."""
        return money_of(self.returned_amount, self.currency)

    @property
    def is_draft(self) -> bool:
        """Return whether nobody has submitted the payment yet."""
        return self.status == Status.DRAFT

    @property
    def is_submitted(self) -> bool:
        """Return whether the payment waits for a decision."""
        return self.status == Status.SUBMITTED

    @property
    def is_verified(self) -> bool:
        """Return whether the payment is money."""
        return self.status == Status.VERIFIED

    @property
    def held_money(self) -> Money:
        """Return the verified money that is still there, applied or not."""
        return money_of((self.verified_amount or Decimal(0)) - self.returned_amount, self.currency)

    @property
    def is_sent_back(self) -> bool:
        """Return whether a verifier waits for the maker's changes."""
        return self.status == Status.CHANGES_REQUESTED

    @property
    def is_editable(self) -> bool:
        """Return whether its content may still change."""
        return self.status in EDITABLE

    def is_overdue(self, at: datetime) -> bool:
        """Return whether its review took, or takes, longer than the organization promises."""
        if self.review_due_at is None:
            return False
        return self.review_due_at < ((self.decided_at or at) if not self.is_submitted else at)
