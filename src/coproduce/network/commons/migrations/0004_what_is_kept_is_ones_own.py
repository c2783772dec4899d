"""What somebody keeps for later says what troubles them: the database shows it to them alone."""

from django.db import migrations

SQL = """
ALTER TABLE commons_kept ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON commons_kept USING (person_id = coproduce_person());
CREATE POLICY systems ON commons_kept USING (coproduce_system() IN ('example', 'operator'));
"""

UNDO = """
DROP POLICY systems ON commons_kept; DROP POLICY own ON commons_kept;
ALTER TABLE commons_kept DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("commons", "0003_imports_and_forms"), ("people", "0003_who_acts_for_whom")]

    operations = [migrations.RunSQL(SQL, UNDO)]
