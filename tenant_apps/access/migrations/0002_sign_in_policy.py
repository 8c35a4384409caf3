from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInPolicy",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("roles", models.JSONField(default=list)),
                ("grace_days", models.PositiveSmallIntegerField(default=7)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="sign_in_policy_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grace_days__lte", 90)),
                        name="sign_in_policy_grace_is_bounded",
                    ),
                ],
            },
        ),
    ]
