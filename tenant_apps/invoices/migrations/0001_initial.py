import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import shared_apps.kernel.ids
import shared_apps.kernel.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clients", "0001_initial"),
        ("deals", "0001_initial"),
        ("payments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
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
                ("deal_version_id", models.UUIDField()),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("issued", "Issued")],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("draft_reason", models.CharField(blank=True, max_length=200)),
                ("number", models.CharField(max_length=40, null=True, unique=True)),
                (
                    "series_type",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit_note", "Credit Note")],
                        default="invoice",
                        max_length=20,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("sequence", models.PositiveIntegerField(null=True)),
                ("external_number", models.CharField(blank=True, max_length=60)),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                ("net", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("tax", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("total", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("issued_at", models.DateTimeField(null=True)),
                ("issued_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("issuer", models.JSONField(default=dict)),
                ("party", models.JSONField(default=dict)),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("created_by_id", models.UUIDField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deals.deal",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["deal", "id"], name="invoice_of_deal")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "issued"])),
                        name="invoice_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(
                                ("due_on__isnull", False),
                                ("issued_at__isnull", False),
                                ("issued_on__isnull", False),
                                ("number__isnull", False),
                                ("sequence__isnull", False),
                                ("year__isnull", False),
                                models.Q(("content_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_issued_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "draft"), _negated=True),
                            models.Q(
                                ("content_hash", ""),
                                ("number__isnull", True),
                                ("sequence__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_draft_takes_no_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("net__gte", 0),
                            ("tax__gte", 0),
                            (
                                "total",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net"), "+", models.F("tax")
                                ),
                            ),
                            ("total__gt", 0),
                        ),
                        name="invoice_total_is_net_and_tax",
                    ),
                    models.UniqueConstraint(
                        fields=("series_type", "year", "sequence"), name="invoice_number_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
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
                ("position", models.PositiveSmallIntegerField()),
                ("deal_line_id", models.UUIDField()),
                ("description", models.TextField()),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=19)),
                (
                    "unit_price",
                    shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19),
                ),
                ("discount_percent", models.DecimalField(decimal_places=6, max_digits=9)),
                ("tax_rate_percent", models.DecimalField(decimal_places=6, max_digits=9)),
                ("net", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("tax", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("gross", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoices.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net"), "+", models.F("tax")
                                ),
                            ),
                            ("net__gte", 0),
                            ("tax__gte", 0),
                        ),
                        name="invoice_line_gross_is_net_and_tax",
                    ),
                    models.UniqueConstraint(
                        fields=("invoice", "position"), name="invoice_line_position_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceSettlement",
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
                ("event_id", models.UUIDField()),
                ("settled_at", models.DateTimeField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="settlement_positive"
                    ),
                    models.UniqueConstraint(
                        fields=("invoice", "event_id"), name="settlement_once_per_event"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "series_type",
                        "year",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "series_type",
                    models.CharField(
                        choices=[("invoice", "Invoice"), ("credit_note", "Credit Note")],
                        max_length=20,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("first_number", models.PositiveIntegerField()),
                ("next_number", models.PositiveIntegerField()),
                ("last_issued_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_number__gte", 1), ("next_number__gte", models.F("first_number"))
                        ),
                        name="series_only_rises",
                    )
                ],
            },
        ),
    ]
