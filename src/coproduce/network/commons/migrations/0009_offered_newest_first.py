"""The list of the commons takes its page from an index, however much there is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commons", "0008_reviews_end")]

    operations = [
        migrations.RemoveIndex("resource", "commons_res_state_897c5b_idx"),
        migrations.AddIndex(
            "resource",
            models.Index(
                fields=["-shared_at", "-id"],
                condition=models.Q(state="shared", stable__isnull=False),
                name="offered_newest_first",
            ),
        ),
    ]
