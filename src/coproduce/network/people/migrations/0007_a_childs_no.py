"""A child's no is kept like a yes, and with both who wrote it down."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_told_what_is_due")]

    operations = [
        migrations.AddField("identity", "declined_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "identity",
            "assent_noted_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="people.person"
            ),
        ),
    ]
