import django.db.models.functions.datetime
from django.db import migrations, models

import shared_apps.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CodeCounter",
            fields=[
                ("prefix", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("last_number", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="StoredFile",
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
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=60)),
                ("size", models.PositiveBigIntegerField()),
                ("stored_size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("stored_sha256", models.CharField(max_length=64)),
                ("storage_name", models.CharField(max_length=300, unique=True)),
                ("uploaded_by_id", models.UUIDField(null=True)),
                ("uploaded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["sha256"], name="stored_file_sha256")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="stored_file_is_not_empty"
                    )
                ],
            },
        ),
    ]
