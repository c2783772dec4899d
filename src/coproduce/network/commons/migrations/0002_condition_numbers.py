"""Conditions are topics of the event log: their numbers start after the lines of work."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commons", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE commons_condition ALTER COLUMN id SET MINVALUE 16 SET START WITH 16 RESTART WITH 16",
            migrations.RunSQL.noop,
        )
    ]
