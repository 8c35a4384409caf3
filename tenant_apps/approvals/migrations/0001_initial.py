import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import shared_apps.kernel.ids
import shared_apps.kernel.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "object_id",
                        "user_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("object_id", models.UUIDField()),
                ("user_id", models.UUIDField()),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("maker", "Maker"),
                            ("interested", "Interested"),
                            ("checker", "Checker"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "parties",
                "indexes": [models.Index(fields=["user_id", "side"], name="party_by_user")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["maker", "interested", "checker"])),
                        name="party_side",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
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
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("subject_type", models.CharField(max_length=60)),
                ("conditions", models.JSONField(default=dict)),
                ("priority", models.IntegerField(default=0)),
                ("created_by_id", models.UUIDField(null=True)),
            ],
            options={
                "verbose_name_plural": "policies",
                "indexes": [
                    models.Index(fields=["subject_type", "-priority"], name="policy_by_subject")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalRequest",
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
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.UUIDField(unique=True)),
                ("context_id", models.UUIDField(null=True)),
                ("content_hash", models.CharField(max_length=64)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=19, null=True)),
                ("currency", shared_apps.kernel.models.CurrencyField(blank=True, max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("changes_requested", "Changes Requested"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("round_number", models.PositiveIntegerField(default=1)),
                ("submitter_id", models.UUIDField()),
                ("author_id", models.UUIDField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.policy",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["context_id"],
                        name="approval_pending_context",
                    ),
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["subject_type", "opened_at"],
                        name="approval_pending_queue",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "pending",
                                    "approved",
                                    "rejected",
                                    "changes_requested",
                                    "withdrawn",
                                ],
                            )
                        ),
                        name="approval_request_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("status", "pending")),
                            models.Q(
                                ("closed_at__isnull", False),
                                models.Q(("status", "pending"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="approval_request_closed_when_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyStep",
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
                ("permission", models.CharField(max_length=60)),
                ("approvals_needed", models.PositiveSmallIntegerField(default=1)),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="approvals.policy",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("policy", "position"), name="policy_step_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approvals_needed__gte", 1)),
                        name="policy_step_needs_someone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                ("round_number", models.PositiveIntegerField()),
                ("actor_id", models.UUIDField()),
                ("submitter_id", models.UUIDField()),
                ("author_id", models.UUIDField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("request_changes", "Request Changes"),
                            ("reject", "Reject"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "failure_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("insufficient_funds", "Insufficient Funds"),
                            ("bank_decline", "Bank Decline"),
                            ("technical_error", "Technical Error"),
                            ("cheque_bounce", "Cheque Bounce"),
                            ("not_received", "Not Received"),
                            ("duplicate", "Duplicate"),
                            ("other", "Other"),
                        ],
                        max_length=30,
                    ),
                ),
                ("evidence", models.TextField(blank=True)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=19, null=True)),
                (
                    "verified_amount",
                    models.DecimalField(decimal_places=4, max_digits=19, null=True),
                ),
                ("currency", shared_apps.kernel.models.CurrencyField(blank=True, max_length=3)),
                ("content_hash", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="approvals.approvalrequest",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.policystep",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["actor_id", "decided_at"], name="decision_by_actor")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor_id", models.F("submitter_id")), _negated=True),
                            models.Q(("actor_id", models.F("author_id")), _negated=True),
                        ),
                        name="decision_not_by_its_maker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict__in", ["approve", "request_changes", "reject"])
                        ),
                        name="decision_verdict",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "approve"),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_refusal_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("failure_reason", ""),
                            (
                                "failure_reason__in",
                                [
                                    "insufficient_funds",
                                    "bank_decline",
                                    "technical_error",
                                    "cheque_bounce",
                                    "not_received",
                                    "duplicate",
                                    "other",
                                ],
                            ),
                            _connector="OR",
                        ),
                        name="decision_failure_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_amount__isnull", True),
                            models.Q(
                                ("amount__isnull", False),
                                ("verdict", "approve"),
                                ("verified_amount__gt", 0),
                                ("verified_amount__lte", models.F("amount")),
                            ),
                            _connector="OR",
                        ),
                        name="decision_verified_within_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_amount__isnull", True),
                            ("verified_amount", models.F("amount")),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_difference_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", False),
                            ("verdict", "approve"),
                            ("verified_amount__isnull", True),
                            _negated=True,
                        ),
                        name="decision_approval_names_the_money",
                    ),
                    models.UniqueConstraint(
                        fields=("request", "round_number", "actor_id"),
                        name="decision_once_per_round",
                    ),
                ],
            },
        ),
    ]
