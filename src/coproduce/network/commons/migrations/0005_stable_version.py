"""Readers get a stable version: from class 2 on the last one that was reviewed, not the one that waits for it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commons", "0004_what_is_kept_is_ones_own")]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="stable",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commons.version"
            ),
        )
    ]
