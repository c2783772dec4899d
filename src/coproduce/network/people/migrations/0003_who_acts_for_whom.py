"""Who acts for whom is guarded too: what `coproduce_stands_for` believes must not be anybody's to write.

A right to act is seen by the two people it joins and by stewards. It is made by a steward, or by a parent for a person
who is being registered in the same moment; nobody else's word makes one.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION people_is_new(whom bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT NOT EXISTS (SELECT FROM people_roleheld WHERE person_id = whom)
        AND NOT EXISTS (SELECT FROM people_proxy WHERE person_id = whom)
        AND NOT EXISTS (SELECT FROM people_identity WHERE person_id = whom)
        AND NOT EXISTS (SELECT FROM people_account WHERE person_id = whom) $$;

ALTER TABLE people_proxy ENABLE ROW LEVEL SECURITY;
CREATE POLICY between_the_two ON people_proxy FOR SELECT
  USING (person_id = coproduce_person() OR proxy_id = coproduce_person());
CREATE POLICY ending ON people_proxy FOR UPDATE
  USING (coproduce_stands_for(person_id)) WITH CHECK (until IS NOT NULL);
CREATE POLICY registering ON people_proxy FOR INSERT
  WITH CHECK (proxy_id = coproduce_person() AND people_is_new(person_id));
CREATE POLICY stewards ON people_proxy USING (coproduce_holds(6));
CREATE POLICY systems ON people_proxy USING (coproduce_system() IN ('accounts', 'example', 'operator', 'worker'));
"""

UNDO = """
DROP POLICY systems ON people_proxy; DROP POLICY stewards ON people_proxy; DROP POLICY registering ON people_proxy;
DROP POLICY ending ON people_proxy; DROP POLICY between_the_two ON people_proxy;
ALTER TABLE people_proxy DISABLE ROW LEVEL SECURITY;
DROP FUNCTION people_is_new(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_row_level_security")]

    operations = [migrations.RunSQL(SQL, UNDO)]
