import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import shared_apps.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_second_factors"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="approvals_blocked_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="MfaReset",
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
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("done", "Done"),
                            ("declined", "Declined"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("requested_by_id", models.UUIDField()),
                ("requested_at", models.DateTimeField()),
                ("decided_by_id", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mfa_resets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pending", "done", "declined"])),
                        name="mfa_reset_status_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "pending")),
                        fields=("user",),
                        name="mfa_reset_one_pending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True),
                            models.Q(
                                ("decided_by_id__isnull", False),
                                models.Q(
                                    ("decided_by_id", models.F("requested_by_id")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="mfa_reset_takes_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("user_id", models.F("requested_by_id")), _negated=True),
                            models.Q(
                                ("decided_by_id", None),
                                models.Q(("user_id", models.F("decided_by_id")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="mfa_reset_of_another",
                    ),
                ],
            },
        ),
    ]
