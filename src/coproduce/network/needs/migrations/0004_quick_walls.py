"""The second wall says the same and costs a look at the row, not a query for each row.

A function of the row that reads a table is run for every row of it: at six hundred needs the home page waited 100 ms
for its three lines. What depends only on who is asking is now asked once a query, as an array.
"""

from django.db import migrations

_OWN = (
    "(stated_by_id = ANY (ARRAY(SELECT coproduce_stood_for()))"
    " OR for_person_id = ANY (ARRAY(SELECT coproduce_stood_for())))"
)
_OF_OWN_NEED = f"EXISTS (SELECT FROM needs_need n WHERE n.id = need_id AND {_OWN})"
_WAS_OWN = "(coproduce_stands_for(stated_by_id) OR coproduce_stands_for(for_person_id))"

SQL = f"""
CREATE FUNCTION needs_helped() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER ROWS 20
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT need_id FROM needs_offer
     WHERE helper_id = coproduce_person() AND state NOT IN ('shown', 'declined') $$;
ALTER POLICY own ON needs_need USING ({_OWN});
ALTER POLICY changing ON needs_need USING ({_OWN});
ALTER POLICY asked ON needs_need USING (audience <> 'only-me' AND id = ANY (ARRAY(SELECT needs_helped())));
ALTER POLICY own ON needs_offer USING ({_OF_OWN_NEED});
ALTER POLICY own ON needs_need_conditions USING ({_OF_OWN_NEED});
DROP FUNCTION needs_is_own(bigint);
DROP FUNCTION needs_is_helper(bigint);
"""

UNDO = f"""
CREATE FUNCTION needs_is_helper(need bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT EXISTS (SELECT FROM needs_offer WHERE need_id = need AND helper_id = coproduce_person()
       AND state NOT IN ('shown', 'declined')) $$;
CREATE FUNCTION needs_is_own(need bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT EXISTS (SELECT FROM needs_need WHERE id = need AND {_WAS_OWN}) $$;
ALTER POLICY own ON needs_need_conditions USING (needs_is_own(need_id));
ALTER POLICY own ON needs_offer USING (needs_is_own(need_id));
ALTER POLICY asked ON needs_need USING (audience <> 'only-me' AND needs_is_helper(id));
ALTER POLICY changing ON needs_need USING {_WAS_OWN};
ALTER POLICY own ON needs_need USING {_WAS_OWN};
DROP FUNCTION needs_helped();
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0003_tighter_walls"), ("people", "0004_whom_one_stands_for")]

    operations = [migrations.RunSQL(SQL, UNDO)]
