"""The second wall around needs: PostgreSQL shows them only to whom they are open.

A need is open to who stated it, the person it is for and their proxies, the people who were matched to it or asked,
everybody signed in where the person chose so, and the worker that follows up. Offers and replies follow their need.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION needs_is_helper(need bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS
  $$ SELECT EXISTS (SELECT FROM needs_offer WHERE need_id = need AND helper_id = coproduce_person()
       AND state <> 'shown') $$;
CREATE FUNCTION needs_is_own(need bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS
  $$ SELECT EXISTS (SELECT FROM needs_need WHERE id = need
       AND (coproduce_stands_for(stated_by_id) OR coproduce_stands_for(for_person_id))) $$;

ALTER TABLE needs_need ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON needs_need
  USING (coproduce_stands_for(stated_by_id) OR coproduce_stands_for(for_person_id))
  WITH CHECK (stated_by_id = coproduce_person() OR coproduce_stands_for(for_person_id));
CREATE POLICY asked ON needs_need FOR SELECT USING (audience <> 'only-me' AND needs_is_helper(id));
CREATE POLICY network ON needs_need FOR SELECT USING (audience = 'network' AND coproduce_person() IS NOT NULL);
CREATE POLICY helping ON needs_need FOR UPDATE
  USING (audience <> 'only-me' AND coproduce_person() IS NOT NULL AND (audience = 'network' OR needs_is_helper(id)));
CREATE POLICY systems ON needs_need USING (coproduce_system() IN ('worker', 'example', 'operator'));

ALTER TABLE needs_offer ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_need ON needs_offer USING (EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
CREATE POLICY own_help ON needs_offer USING (helper_id = coproduce_person() AND state <> 'shown');
CREATE POLICY systems ON needs_offer USING (coproduce_system() IN ('worker', 'example', 'operator'));

ALTER TABLE needs_reply ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_need ON needs_reply USING (EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
CREATE POLICY own_words ON needs_reply USING (author_id = coproduce_person());

ALTER TABLE needs_need_conditions ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_need ON needs_need_conditions USING (EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
"""

UNDO = """
DROP POLICY of_the_need ON needs_need_conditions; ALTER TABLE needs_need_conditions DISABLE ROW LEVEL SECURITY;
DROP POLICY own_words ON needs_reply; DROP POLICY of_the_need ON needs_reply;
ALTER TABLE needs_reply DISABLE ROW LEVEL SECURITY;
DROP POLICY systems ON needs_offer; DROP POLICY own_help ON needs_offer; DROP POLICY of_the_need ON needs_offer;
ALTER TABLE needs_offer DISABLE ROW LEVEL SECURITY;
DROP POLICY systems ON needs_need; DROP POLICY helping ON needs_need; DROP POLICY network ON needs_need;
DROP POLICY asked ON needs_need; DROP POLICY own ON needs_need;
ALTER TABLE needs_need DISABLE ROW LEVEL SECURITY;
DROP FUNCTION needs_is_own(bigint); DROP FUNCTION needs_is_helper(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial"), ("people", "0002_row_level_security")]

    operations = [migrations.RunSQL(SQL, UNDO)]
