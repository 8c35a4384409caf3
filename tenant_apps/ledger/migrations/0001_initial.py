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
            name="Account",
            fields=[
                ("code", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=20)),
                ("is_debit_positive", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="JournalEntry",
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
                ("kind", models.CharField(max_length=40)),
                ("event_id", models.UUIDField()),
                ("occurred_at", models.DateTimeField()),
                ("posted_on", models.DateField()),
                ("memo", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name_plural": "journal entries",
                "indexes": [models.Index(fields=["posted_on", "id"], name="journal_entry_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "event_id"), name="journal_entry_once_per_event"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
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
                    "debit",
                    shared_apps.kernel.models.AmountField(
                        decimal_places=4, default=0, max_digits=19
                    ),
                ),
                (
                    "credit",
                    shared_apps.kernel.models.AmountField(
                        decimal_places=4, default=0, max_digits=19
                    ),
                ),
                ("currency", shared_apps.kernel.models.CurrencyField(max_length=3)),
                ("client_id", models.UUIDField(null=True)),
                ("deal_id", models.UUIDField(null=True)),
                ("payment_id", models.UUIDField(null=True)),
                ("invoice_id", models.UUIDField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.journalentry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "currency"], name="posting_by_account"),
                    models.Index(
                        condition=models.Q(("deal_id__isnull", False)),
                        fields=["deal_id", "account"],
                        name="posting_by_deal",
                    ),
                    models.Index(
                        condition=models.Q(("client_id__isnull", False)),
                        fields=["client_id", "account"],
                        name="posting_by_client",
                    ),
                    models.Index(
                        condition=models.Q(("payment_id__isnull", False)),
                        fields=["payment_id"],
                        name="posting_by_payment",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit", 0), ("debit__gt", 0)),
                            models.Q(("credit__gt", 0), ("debit", 0)),
                            _connector="OR",
                        ),
                        name="posting_has_one_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency", ""), _negated=True),
                        name="posting_has_currency",
                    ),
                ],
            },
        ),
    ]
