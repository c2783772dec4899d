"""The second wall stands before the commons too: a draft, and what waits for a review that must come first.

It says what `commons.access` says. What depends only on who is asking is asked once a query, as an array. Functions
that run as the owner keep the policies of the tables from asking each other in a circle.
"""

from django.db import migrations

_SYSTEMS = "coproduce_system() IN ('worker', 'example', 'import', 'operator')"
_SEES_ALL = f"{_SYSTEMS} OR coproduce_holds(6)"
_CREDITED = "= ANY (ARRAY(SELECT commons_credited()))"

SQL = f"""
CREATE FUNCTION commons_credited() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER ROWS 20
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT v.resource_id FROM commons_credit c JOIN commons_version v ON v.id = c.version_id
     WHERE c.person_id = coproduce_person() $$;
CREATE FUNCTION commons_is_reviewed(version bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS
  $$ SELECT count(*) >= 2 AND bool_or(role = 3) FROM commons_review WHERE version_id = version AND accepted $$;

ALTER TABLE commons_resource ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON commons_resource FOR SELECT USING (
  (state <> 'draft' AND (stable_id IS NOT NULL OR coproduce_holds(3)))
  OR owner_id = coproduce_person() OR {_SEES_ALL} OR id {_CREDITED});
CREATE POLICY making ON commons_resource FOR INSERT WITH CHECK (owner_id = coproduce_person() OR {_SEES_ALL});
CREATE POLICY changing ON commons_resource FOR UPDATE USING (coproduce_person() IS NOT NULL OR {_SYSTEMS});
CREATE POLICY removing ON commons_resource FOR DELETE USING ({_SYSTEMS});

ALTER TABLE commons_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON commons_version FOR SELECT USING (
  {_SEES_ALL} OR resource_id {_CREDITED}
  OR EXISTS (SELECT FROM commons_resource r WHERE r.id = resource_id AND (r.owner_id = coproduce_person()
    OR (r.state <> 'draft' AND (r.risk_class < 3 OR coproduce_holds(3) OR commons_is_reviewed(commons_version.id))))));
CREATE POLICY making ON commons_version FOR INSERT WITH CHECK ({_SEES_ALL}
  OR (written_by_id = coproduce_person() AND EXISTS (SELECT FROM commons_resource r WHERE r.id = resource_id)));
CREATE POLICY systems ON commons_version USING ({_SYSTEMS});

ALTER TABLE commons_review ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON commons_review FOR SELECT
  USING (EXISTS (SELECT FROM commons_version v WHERE v.id = version_id));
CREATE POLICY own ON commons_review
  USING (reviewer_id = coproduce_person() AND EXISTS (SELECT FROM commons_version v WHERE v.id = version_id));
CREATE POLICY systems ON commons_review USING ({_SYSTEMS});

UPDATE commons_resource r SET stable_id = CASE
  WHEN risk_class < 2 THEN latest_id
  WHEN risk_class = 2 THEN coalesce((SELECT v.id FROM commons_version v WHERE v.resource_id = r.id
    AND EXISTS (SELECT FROM commons_review w WHERE w.version_id = v.id AND accepted AND role = 3)
    AND EXISTS (SELECT FROM commons_review w WHERE w.version_id = v.id AND accepted AND role IN (1, 2))
    ORDER BY number DESC LIMIT 1), latest_id)
  ELSE (SELECT v.id FROM commons_version v WHERE v.resource_id = r.id AND commons_is_reviewed(v.id)
    ORDER BY number DESC LIMIT 1) END;
"""

UNDO = """
DROP POLICY systems ON commons_review; DROP POLICY own ON commons_review; DROP POLICY reading ON commons_review;
ALTER TABLE commons_review DISABLE ROW LEVEL SECURITY;
DROP POLICY systems ON commons_version; DROP POLICY making ON commons_version; DROP POLICY reading ON commons_version;
ALTER TABLE commons_version DISABLE ROW LEVEL SECURITY;
DROP POLICY removing ON commons_resource; DROP POLICY changing ON commons_resource;
DROP POLICY making ON commons_resource; DROP POLICY reading ON commons_resource;
ALTER TABLE commons_resource DISABLE ROW LEVEL SECURITY;
DROP FUNCTION commons_is_reviewed(bigint); DROP FUNCTION commons_credited();
"""


class Migration(migrations.Migration):
    dependencies = [("commons", "0005_stable_version"), ("people", "0005_tables_by_their_full_name")]

    operations = [migrations.RunSQL(SQL, UNDO)]
