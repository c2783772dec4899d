"""Names the table of rights in full, so that a temporary one of the same name is never believed in its place."""

from django.db import migrations

BODIES = """
CREATE OR REPLACE FUNCTION coproduce_stands_for(whom bigint) RETURNS boolean LANGUAGE sql STABLE AS
  $$ SELECT whom = coproduce_person() OR EXISTS (
       SELECT FROM {schema}people_proxy WHERE person_id = whom AND proxy_id = coproduce_person()
         AND (until IS NULL OR until > now())) $$;
CREATE OR REPLACE FUNCTION coproduce_stood_for() RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 3 AS
  $$ SELECT coproduce_person() WHERE coproduce_person() IS NOT NULL
     UNION ALL
     SELECT person_id FROM {schema}people_proxy
       WHERE proxy_id = coproduce_person() AND (until IS NULL OR until > now()) $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0004_whom_one_stands_for")]

    operations = [migrations.RunSQL(BODIES.format(schema="public."), BODIES.format(schema=""))]
