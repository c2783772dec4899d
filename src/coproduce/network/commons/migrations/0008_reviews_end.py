"""A review of what changes a treatment holds for a time; one that ended counts no more, and the second wall says so too."""

from django.db import migrations, models

SQL = """
CREATE OR REPLACE FUNCTION commons_is_reviewed(version bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT count(*) >= 2 AND bool_or(role = 3) FROM commons_review
     WHERE version_id = version AND accepted AND holds $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION commons_is_reviewed(version bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT count(*) >= 2 AND bool_or(role = 3) FROM commons_review WHERE version_id = version AND accepted $$;
"""


class Migration(migrations.Migration):
    dependencies = [("commons", "0007_reviews_read_by_one_rule")]

    operations = [
        migrations.AddField("review", "holds", models.BooleanField(default=True)),
        migrations.RunSQL(SQL, UNDO),
    ]
