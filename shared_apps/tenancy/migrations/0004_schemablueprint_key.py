from django.db import migrations, models


class Migration(migrations.Migration):
    """A blueprint's key covers more than the plan now; its column keeps the old name."""

    dependencies = [
        ("tenancy", "0003_schemastate"),
    ]

    operations = [
        migrations.AlterField(
            model_name="schemablueprint",
            name="plan_hash",
            field=models.CharField(
                db_column="plan_hash", max_length=64, primary_key=True, serialize=False
            ),
        ),
        migrations.RenameField(model_name="schemablueprint", old_name="plan_hash", new_name="key"),
        migrations.AddField(
            model_name="schemablueprint", name="lines", field=models.JSONField(null=True)
        ),
        migrations.AddField(
            model_name="schemablueprint",
            name="refusal",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="schemablueprint",
            name="migrated_ms",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
