"""Whom the asker stands for, as a set that a policy asks for once a query rather than once a row."""

from django.db import migrations

SQL = """
CREATE FUNCTION coproduce_stood_for() RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 3 AS
  $$ SELECT coproduce_person() WHERE coproduce_person() IS NOT NULL
     UNION ALL
     SELECT person_id FROM people_proxy WHERE proxy_id = coproduce_person() AND (until IS NULL OR until > now()) $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_who_acts_for_whom")]

    operations = [migrations.RunSQL(SQL, "DROP FUNCTION coproduce_stood_for();")]
