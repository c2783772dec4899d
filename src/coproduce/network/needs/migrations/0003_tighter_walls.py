"""Closes three ways around the second wall that a fault of ours could have opened.

Whoever was not asked could have written an offer of help, or a reply, to a need that they cannot see, and the offer
would have shown it to them: what one writes must now belong to a need that one sees. And functions that run as the
owner look for tables in the temporary schema last, so that nobody can put a table of their own before ours.
"""

from django.db import migrations

SQL = """
ALTER FUNCTION needs_is_helper(bigint) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION needs_is_own(bigint) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION needs_times_asked(bigint, timestamptz) SET search_path = pg_catalog, public, pg_temp;

DROP POLICY own_help ON needs_offer;
CREATE POLICY own_help ON needs_offer FOR SELECT
  USING (helper_id = coproduce_person()
         AND (state <> 'shown' OR EXISTS (SELECT FROM needs_need n WHERE n.id = need_id)));
CREATE POLICY own_answer ON needs_offer FOR UPDATE
  USING (helper_id = coproduce_person() AND EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));

DROP POLICY own_words ON needs_reply;
CREATE POLICY own_words ON needs_reply FOR SELECT USING (author_id = coproduce_person());
CREATE POLICY saying ON needs_reply FOR INSERT
  WITH CHECK (author_id = coproduce_person() AND EXISTS (SELECT FROM needs_need n WHERE n.id = need_id));
"""

UNDO = """
DROP POLICY saying ON needs_reply; DROP POLICY own_words ON needs_reply;
CREATE POLICY own_words ON needs_reply USING (author_id = coproduce_person());
DROP POLICY own_answer ON needs_offer; DROP POLICY own_help ON needs_offer;
CREATE POLICY own_help ON needs_offer
  USING (helper_id = coproduce_person()
         AND (state <> 'shown' OR EXISTS (SELECT FROM needs_need n WHERE n.id = need_id)));
ALTER FUNCTION needs_times_asked(bigint, timestamptz) SET search_path = pg_catalog, public;
ALTER FUNCTION needs_is_own(bigint) SET search_path = pg_catalog, public;
ALTER FUNCTION needs_is_helper(bigint) SET search_path = pg_catalog, public;
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0002_row_level_security")]

    operations = [migrations.RunSQL(SQL, UNDO)]
