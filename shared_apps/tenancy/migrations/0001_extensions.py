from django.db import migrations

NOOP = migrations.RunSQL.noop  # the schema and its extensions may serve others: kept on reversal


class Migration(migrations.Migration):
    """Extensions live in a schema of their own: dropping an organization leaves them alone."""

    initial = True
    dependencies = []
    run_before = [("contenttypes", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SCHEMA IF NOT EXISTS extensions", NOOP),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions", NOOP),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA extensions", NOOP),
    ]
