"""The second wall around needs: PostgreSQL shows them only to whom they are open.

A need is open to who stated it, the person it is for and their proxies, the people who were asked or came forward
(until they say no), everybody signed in where the person chose so, and the network's own identities that follow up. Only
its owner and those identities change it. Offers and replies follow their need; a person who is merely suggested is
shown to its owner alone.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION needs_is_helper(need bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS
  $$ SELECT EXISTS (SELECT FROM needs_offer WHERE need_id = need AND helper_id = coproduce_person()
       AND state NOT IN ('shown', 'declined')) $$;
CREATE FUNCTION needs_is_own(need bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public AS
  $$ SELECT EXISTS (SELECT FROM needs_need WHERE id = need
       AND (coproduce_stands_for(stated_by_id) OR coproduce_stands_for(for_person_id))) $$;
CREATE FUNCTION needs_times_asked(helper bigint, since timestamptz) RETURNS integer LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = pg_catalog, public AS
  $$ SELECT count(*)::integer FROM needs_offer WHERE helper_id = helper AND state <> 'shown' AND at > since $$;

ALTER TABLE needs_need ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON needs_need FOR SELECT
  USING (coproduce_stands_for(stated_by_id) OR coproduce_stands_for(for_person_id));
CREATE POLICY stating ON needs_need FOR INSERT
  WITH CHECK (stated_by_id = coproduce_person() AND coproduce_stands_for(for_person_id));
CREATE POLICY changing ON needs_need FOR UPDATE
  USING (coproduce_stands_for(stated_by_id) OR coproduce_stands_for(for_person_id));
CREATE POLICY asked ON needs_need FOR SELECT USING (audience <> 'only-me' AND needs_is_helper(id));
CREATE POLICY network ON needs_need FOR SELECT USING (audience = 'network' AND coproduce_person() IS NOT NULL);
CREATE POLICY systems ON needs_need USING (coproduce_system() IN ('worker', 'example', 'operator'));

ALTER TABLE needs_offer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON needs_offer USING (needs_is_own(need_id));
CREATE POLICY of_the_need ON needs_offer FOR SELECT
  USING ((helper_id IS NULL OR state <> 'shown') AND EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
CREATE POLICY own_help ON needs_offer
  USING (helper_id = coproduce_person()
         AND (state <> 'shown' OR EXISTS (SELECT FROM needs_need n WHERE n.id = need_id)));
CREATE POLICY offering ON needs_offer FOR INSERT
  WITH CHECK (offered_by_id = coproduce_person() AND EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
CREATE POLICY systems ON needs_offer USING (coproduce_system() IN ('worker', 'example', 'operator'));

ALTER TABLE needs_reply ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_need ON needs_reply FOR SELECT
  USING (to_id IS NULL AND EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
CREATE POLICY to_me ON needs_reply FOR SELECT USING (coproduce_stands_for(to_id));
CREATE POLICY own_words ON needs_reply USING (author_id = coproduce_person());
CREATE POLICY systems ON needs_reply USING (coproduce_system() IN ('worker', 'example', 'operator'));

ALTER TABLE needs_need_conditions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON needs_need_conditions USING (needs_is_own(need_id));
CREATE POLICY of_the_need ON needs_need_conditions FOR SELECT
  USING (EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
CREATE POLICY systems ON needs_need_conditions USING (coproduce_system() IN ('worker', 'example', 'operator'));
"""

_POLICIES = {
    "needs_need_conditions": ("systems", "of_the_need", "own"),
    "needs_reply": ("systems", "own_words", "to_me", "of_the_need"),
    "needs_offer": ("systems", "offering", "own_help", "of_the_need", "own"),
    "needs_need": ("systems", "network", "asked", "changing", "stating", "own"),
}
UNDO = "\n".join(
    [
        *(f"DROP POLICY {policy} ON {table};" for table, policies in _POLICIES.items() for policy in policies),
        *(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in _POLICIES),
        "DROP FUNCTION needs_times_asked(bigint, timestamptz);",
        "DROP FUNCTION needs_is_own(bigint);",
        "DROP FUNCTION needs_is_helper(bigint);",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial"), ("people", "0002_row_level_security")]

    operations = [migrations.RunSQL(SQL, UNDO)]
