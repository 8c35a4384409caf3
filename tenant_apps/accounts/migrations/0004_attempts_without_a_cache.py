from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_resets_of_second_factors"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttemptRow",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
