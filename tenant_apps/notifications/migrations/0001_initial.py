import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="InboxHead",
            fields=[
                (
                    "recipient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("last_seq", models.BigIntegerField(default=0)),
                ("acknowledged_seq", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acknowledged_seq__gte", 0),
                            ("acknowledged_seq__lte", models.F("last_seq")),
                        ),
                        name="inbox_head_acknowledged_was_given",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "recipient_id",
                        "seq",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("event_id", models.UUIDField()),
                ("kind", models.CharField(max_length=64)),
                ("params", models.JSONField(default=dict)),
                ("title", models.CharField(max_length=200)),
                ("body", models.CharField(max_length=1000)),
                ("link", models.CharField(blank=True, max_length=200)),
                ("occurred_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["recipient", "seq"],
                        name="notification_unread",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "event_id"), name="notification_once_per_event"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seq__gte", 1)), name="notification_seq_from_one"
                    ),
                ],
            },
        ),
    ]
