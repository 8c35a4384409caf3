from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0005_sending"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="sale_ended_at",
            field=models.DateTimeField(null=True),
        ),
    ]
