from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunSQL("CREATE VIEW outlook_open AS SELECT 1 AS one", "DROP VIEW outlook_open"),
    ]
