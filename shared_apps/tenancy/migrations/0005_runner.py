from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_schemablueprint_key")]

    operations = [
        migrations.AddField(
            model_name="schemastate",
            name="generation",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="schemastate",
            name="started_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="schemastate",
            name="finished_at",
            field=models.DateTimeField(null=True),
        ),
    ]
