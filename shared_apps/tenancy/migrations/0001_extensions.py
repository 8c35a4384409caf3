from django.db import migrations


class Migration(migrations.Migration):
    """Extensions live in a schema of their own: dropping an organization cannot take them along."""

    initial = True
    dependencies = []
    run_before = [
        ("contenttypes", "0001_initial"),
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL("CREATE SCHEMA IF NOT EXISTS extensions", migrations.RunSQL.noop),
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA extensions",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA extensions",
            migrations.RunSQL.noop,
        ),
    ]
