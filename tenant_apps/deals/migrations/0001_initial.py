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
    ]

    operations = [
        migrations.CreateModel(
            name="Deal",
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
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("code", models.CharField(max_length=24, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("source", models.CharField(blank=True, max_length=80)),
                ("expected_close_on", models.DateField(null=True)),
                ("deal_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("cancelled", "Cancelled"),
                            ("bad_debt", "Bad Debt"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("won_at", models.DateTimeField(null=True)),
                ("lost_reason", models.CharField(blank=True, max_length=500)),
                ("remarks", models.TextField(blank=True)),
                ("external_id", models.CharField(max_length=100, null=True, unique=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="deal_newest"),
                    models.Index(fields=["owner", "status"], name="deal_by_owner"),
                    models.Index(fields=["status", "won_at"], name="deal_by_status"),
                    models.Index(fields=["updated_at"], name="deal_updated"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="deal_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["draft", "open", "won", "lost", "cancelled", "bad_debt"],
                            )
                        ),
                        name="deal_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["won", "bad_debt"]), _negated=True),
                            ("won_at__isnull", False),
                            _connector="OR",
                        ),
                        name="deal_won_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "lost"), _negated=True),
                            models.Q(("lost_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="deal_lost_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DealVersion",
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
                ("number", models.PositiveIntegerField()),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                ("net", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("tax", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("total", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("terms", models.TextField(blank=True)),
                ("is_estimate", models.BooleanField(default=False)),
                ("content_hash", models.CharField(max_length=64)),
                ("created_by_id", models.UUIDField(null=True)),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="deals.deal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("deal", "number"), name="deal_version_number"),
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
                        ),
                        name="deal_version_adds_up",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="deal",
            name="current_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deals.dealversion",
            ),
        ),
        migrations.CreateModel(
            name="Instalment",
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
                ("due_on", models.DateField()),
                ("amount", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("deposit", "Deposit"),
                            ("instalment", "Instalment"),
                            ("milestone", "Milestone"),
                        ],
                        default="instalment",
                        max_length=10,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalments",
                        to="deals.dealversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["due_on"], name="instalment_due")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "position"), name="instalment_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="instalment_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["deposit", "instalment", "milestone"])),
                        name="instalment_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
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
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("name", models.CharField(max_length=200, unique=True)),
                ("series", models.CharField(blank=True, max_length=100)),
                (
                    "list_price",
                    shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19),
                ),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                ("external_id", models.CharField(max_length=100, null=True, unique=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("list_price__gte", 0)), name="product_price"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DealLine",
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
                ("description", models.CharField(max_length=500)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=19)),
                (
                    "unit_price",
                    shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19),
                ),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=4, default=0, max_digits=7),
                ),
                (
                    "tax_rate_percent",
                    models.DecimalField(decimal_places=4, default=0, max_digits=7),
                ),
                ("net", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("tax", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("gross", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="deals.dealversion",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deals.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "position"), name="deal_line_position"
                    ),
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
                        name="deal_line_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("unit_price__gte", 0)),
                        name="deal_line_quantity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_percent__gte", 0),
                            ("discount_percent__lte", 100),
                            ("tax_rate_percent__gte", 0),
                            ("tax_rate_percent__lte", 100),
                        ),
                        name="deal_line_percents",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesCreditSplit",
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
                ("share_percent", models.DecimalField(decimal_places=4, max_digits=7)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="splits",
                        to="deals.deal",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("deal", "payee", "valid_from"),
                        name="split_once_per_payee",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share_percent__gt", 0), ("share_percent__lte", 100)),
                        name="split_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="split_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stage",
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
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("name", models.CharField(max_length=80, unique=True)),
                ("probability_percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("probability_percent__gte", 0), ("probability_percent__lte", 100)
                        ),
                        name="stage_probability",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="deal",
            name="stage",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deals.stage",
            ),
        ),
    ]
