"""A review is read by one rule, not by two that ask the same: each rule of a table is planned in every query on it.

The rule for one's own reviews held for reading too, so that every subquery on reviews was planned with the walls of
versions and resources twice.
"""

from django.db import migrations

_OWN = "reviewer_id = coproduce_person() AND EXISTS (SELECT FROM commons_version v WHERE v.id = version_id)"

SQL = f"""
DROP POLICY own ON commons_review;
CREATE POLICY making ON commons_review FOR INSERT WITH CHECK ({_OWN});
CREATE POLICY changing ON commons_review FOR UPDATE USING ({_OWN});
CREATE POLICY removing ON commons_review FOR DELETE USING ({_OWN});
"""

UNDO = f"""
DROP POLICY removing ON commons_review; DROP POLICY changing ON commons_review; DROP POLICY making ON commons_review;
CREATE POLICY own ON commons_review USING ({_OWN});
"""


class Migration(migrations.Migration):
    dependencies = [("commons", "0006_drafts_behind_the_wall")]

    operations = [migrations.RunSQL(SQL, UNDO)]
