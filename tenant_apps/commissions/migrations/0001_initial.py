from decimal import Decimal

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import shared_apps.kernel.ids
import shared_apps.kernel.models
import tenant_apps.commissions.models.plans


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("deals", "0001_initial"),
        ("payments", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CommissionPlan",
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
                ("name", models.CharField(max_length=120, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Component",
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
                ("name", models.CharField(max_length=120)),
                (
                    "measure",
                    models.CharField(
                        choices=[("collected", "Collected")], default="collected", max_length=12
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("flat_rate", "Flat Rate")], default="flat_rate", max_length=12
                    ),
                ),
                ("rate_percent", models.DecimalField(decimal_places=4, max_digits=9)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rate_percent__gte", 0), ("rate_percent__lte", 100)),
                        name="component_rate_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["collected"])),
                        name="component_measure_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["flat_rate"])), name="component_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
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
                ("number", models.PositiveIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In Review"),
                            ("active", "Active"),
                            ("superseded", "Superseded"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                (
                    "ladder_period",
                    models.CharField(
                        choices=[("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
                        max_length=8,
                    ),
                ),
                (
                    "rounding",
                    models.CharField(
                        choices=[
                            ("half_even", "Half Even"),
                            ("half_up", "Half Up"),
                            ("down", "Down"),
                            ("up", "Up"),
                        ],
                        default="half_even",
                        max_length=10,
                    ),
                ),
                ("author_id", models.UUIDField()),
                ("submitted_by_id", models.UUIDField(null=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("approved_by_id", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("sole_control", models.BooleanField(default=False)),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="commissions.commissionplan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "number"), name="plan_version_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["draft", "in_review", "active", "superseded", "retired"],
                            )
                        ),
                        name="plan_version_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(
                                ("submitted_at__isnull", False),
                                ("submitted_by_id__isnull", False),
                                models.Q(("content_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="plan_version_submitted_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ("active", "superseded", "retired")), _negated=True
                            ),
                            models.Q(
                                ("approved_at__isnull", False), ("approved_by_id__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="plan_version_published_has_approval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by_id__isnull", True),
                            ("sole_control", True),
                            models.Q(
                                models.Q(("approved_by_id", models.F("author_id")), _negated=True),
                                models.Q(
                                    ("approved_by_id", models.F("submitted_by_id")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="plan_version_not_approved_by_maker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to__isnull", True),
                            ("effective_to__gt", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="plan_version_days_in_order",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("status__in", ("active", "superseded", "retired"))),
                        expressions=[
                            ("plan", "="),
                            (
                                tenant_apps.commissions.models.plans.DateRange(
                                    "effective_from", "effective_to"
                                ),
                                "&&",
                            ),
                        ],
                        name="plan_version_in_force_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LadderHead",
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
                ("period", models.CharField(max_length=7)),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                ("last_seq", models.PositiveIntegerField(default=0)),
                (
                    "base",
                    shared_apps.kernel.models.AmountField(
                        decimal_places=4, default=Decimal(0), max_digits=19
                    ),
                ),
                (
                    "accrued",
                    shared_apps.kernel.models.AmountField(
                        decimal_places=4, default=Decimal(0), max_digits=19
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.component",
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
                (
                    "plan_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.planversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("period", "currency", "payee", "component", "plan_version"),
                        name="ladder_head_once",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="component",
            name="plan_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="components",
                to="commissions.planversion",
            ),
        ),
        migrations.CreateModel(
            name="CommissionLine",
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
                ("ladder_seq", models.PositiveIntegerField()),
                ("event_id", models.UUIDField()),
                ("period", models.CharField(max_length=7)),
                ("commission_on", models.DateField()),
                ("share_percent", models.DecimalField(decimal_places=6, max_digits=9)),
                (
                    "base_delta",
                    shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19),
                ),
                ("amount", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("accrued", "Accrued"),
                            ("earned", "Earned"),
                            ("on_statement", "On Statement"),
                            ("approved", "Approved"),
                            ("in_payout", "In Payout"),
                            ("paid", "Paid"),
                        ],
                        default="accrued",
                        max_length=12,
                    ),
                ),
                ("explanation", models.JSONField()),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="commissions.commissionline",
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.component",
                    ),
                ),
                (
                    "ladder_head",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="commissions.ladderhead",
                    ),
                ),
                (
                    "plan_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commissions.planversion",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["commission_on", "payee"], name="line_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ladder_head", "ladder_seq"), name="line_in_one_order_per_ladder"
                    ),
                    models.UniqueConstraint(
                        fields=("event_id", "payee", "component"), name="line_once_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "accrued",
                                    "earned",
                                    "on_statement",
                                    "approved",
                                    "in_payout",
                                    "paid",
                                ],
                            )
                        ),
                        name="line_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CollectedCredit",
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
                ("event_id", models.UUIDField()),
                ("deal_version_id", models.UUIDField()),
                ("deal_seq", models.PositiveIntegerField()),
                ("position", models.PositiveSmallIntegerField()),
                ("share_percent", models.DecimalField(decimal_places=6, max_digits=9)),
                (
                    "applied_after",
                    shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19),
                ),
                (
                    "net_after",
                    shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19),
                ),
                ("base", shared_apps.kernel.models.AmountField(decimal_places=4, max_digits=19)),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                ("commission_on", models.DateField()),
                ("applied_on", models.DateField()),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                "indexes": [models.Index(fields=["applied_on", "payee"], name="credit_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event_id", "payee"), name="credit_once_per_event"
                    ),
                    models.UniqueConstraint(
                        fields=("deal", "deal_seq", "position"), name="credit_in_one_order_per_deal"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share_percent__gt", 0), ("share_percent__lte", 100)),
                        name="credit_share_is_a_percentage",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
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
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="commissions.commissionplan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="assignment_days_in_order",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("payee", "="),
                            ("plan", "="),
                            (
                                tenant_apps.commissions.models.plans.DateRange(
                                    "valid_from", "valid_to"
                                ),
                                "&&",
                            ),
                        ],
                        name="assignment_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="component",
            constraint=models.UniqueConstraint(
                fields=("plan_version", "name"), name="component_name_once_per_version"
            ),
        ),
    ]
