from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import shared_apps.kernel.ids
import shared_apps.kernel.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("clients", "0001_initial"),
        ("deals", "0001_initial"),
        ("documents", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=shared_apps.kernel.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("created_by_id", models.UUIDField(editable=False, null=True)),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("updated_by_id", models.UUIDField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("code", models.CharField(editable=False, max_length=20, unique=True)),
                ("external_id", models.CharField(max_length=100, null=True, unique=True)),
                ("author_id", models.UUIDField(editable=False)),
                ("amount", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("bank_transfer", "Bank Transfer"),
                            ("card", "Card"),
                            ("cash", "Cash"),
                            ("cheque", "Cheque"),
                            ("wallet", "Wallet"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("received_on", models.DateField()),
                (
                    "bank_fee",
                    shared_apps.kernel.models.AmountField(
                        decimal_places=4, default=Decimal(0), max_digits=19
                    ),
                ),
                (
                    "withholding",
                    shared_apps.kernel.models.AmountField(
                        decimal_places=4, default=Decimal(0), max_digits=19
                    ),
                ),
                ("remarks", models.TextField(blank=True)),
                ("late_reason", models.TextField(blank=True)),
                ("duplicate_justification", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("changes_requested", "Changes Requested"),
                            ("verified", "Verified"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("content_hash", models.CharField(editable=False, max_length=64)),
                (
                    "client_reference",
                    models.CharField(editable=False, max_length=64, null=True, unique=True),
                ),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("submitted_by_id", models.UUIDField(editable=False, null=True)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by_id", models.UUIDField(editable=False, null=True)),
                ("decision_reason", models.TextField(blank=True, editable=False)),
                ("failure_reason", models.CharField(blank=True, editable=False, max_length=30)),
                ("verified_at", models.DateTimeField(editable=False, null=True)),
                (
                    "verified_amount",
                    models.DecimalField(decimal_places=4, editable=False, max_digits=19, null=True),
                ),
                (
                    "applied_amount",
                    shared_apps.kernel.models.AmountField(
                        decimal_places=4, default=Decimal(0), editable=False, max_digits=19
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deals.deal",
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "submitted")),
                        fields=["submitted_at", "id"],
                        name="payment_queue",
                    ),
                    models.Index(
                        fields=["client", "amount", "received_on"], name="payment_look_alike"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "submitted",
                                    "changes_requested",
                                    "verified",
                                    "rejected",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="payment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "method__in",
                                ["bank_transfer", "card", "cash", "cheque", "wallet", "other"],
                            )
                        ),
                        name="payment_method_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payment_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("bank_fee"), "+", models.F("withholding")
                                ),
                            ),
                            ("bank_fee__gte", 0),
                            ("withholding__gte", 0),
                        ),
                        name="payment_deductions_within_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(
                                ("submitted_at__isnull", False), ("submitted_by_id__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="payment_submitted_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(("method", "cheque"), _negated=True),
                            models.Q(("reference", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="payment_cheque_has_reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "verified"), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by_id__isnull", False),
                                ("verified_amount__isnull", False),
                                ("verified_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="payment_verified_has_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "status__in",
                                    (
                                        "draft",
                                        "submitted",
                                        "changes_requested",
                                        "rejected",
                                        "withdrawn",
                                    ),
                                ),
                                _negated=True,
                            ),
                            ("verified_amount__isnull", True),
                            _connector="OR",
                        ),
                        name="payment_unverified_has_no_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_id__isnull", True),
                            models.Q(
                                models.Q(("decided_by_id", models.F("maker")), _negated=True),
                                models.Q(("decided_by_id", models.F("author_id")), _negated=True),
                                models.Q(
                                    ("decided_by_id", models.F("submitted_by_id")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="payment_not_decided_by_maker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_amount__isnull", True),
                            models.Q(
                                ("verified_amount__gt", 0),
                                ("verified_amount__lte", models.F("amount")),
                            ),
                            _connector="OR",
                        ),
                        name="payment_verified_within_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_amount", 0),
                            models.Q(
                                ("applied_amount__gt", 0),
                                ("applied_amount__lte", models.F("verified_amount")),
                                ("verified_amount__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="payment_applied_within_verified",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("method", "cheque"),
                            models.Q(("reference", ""), _negated=True),
                            models.Q(("status__in", ("rejected", "withdrawn")), _negated=True),
                        ),
                        fields=("reference",),
                        name="payment_cheque_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentApplication",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=shared_apps.kernel.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("amount", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                ("cause_event_id", models.UUIDField()),
                ("applied_at", models.DateTimeField()),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deals.deal",
                    ),
                ),
                (
                    "instalment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deals.instalment",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="application_positive"
                    ),
                    models.UniqueConstraint(
                        fields=("payment", "instalment", "cause_event_id"),
                        name="application_once_per_event",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentProof",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=shared_apps.kernel.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.storedfile",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["sha256"], name="proof_sha256")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payment", "sha256"), name="proof_once_per_payment"
                    )
                ],
            },
        ),
    ]
