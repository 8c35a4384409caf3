from django.db import migrations, models


class Migration(migrations.Migration):
    safe_because = {
        "ban-drop-constraint": "The same statement run adds it again, with one more state allowed.",
        "forbids-rows": (
            "It allows what was allowed before, and a state that the running version never writes."
        ),
    }

    dependencies = [
        ("returns", "0002_recoveries"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="return",
            name="return_status_known",
        ),
        migrations.AlterField(
            model_name="return",
            name="status",
            field=models.CharField(
                choices=[
                    ("requested", "Requested"),
                    ("approved", "Approved"),
                    ("rejected", "Rejected"),
                    ("withdrawn", "Withdrawn"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("recovered", "Recovered"),
                ],
                default="requested",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "requested",
                            "approved",
                            "rejected",
                            "withdrawn",
                            "sent",
                            "failed",
                            "recovered",
                        ],
                    )
                ),
                name="return_status_known",
            ),
        ),
    ]
