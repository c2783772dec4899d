"""The second wall: PostgreSQL itself shows identities, log-ins and second factors only to whom they belong.

`people.policy` tells each transaction who is asking; these functions read it. Without being told, nothing is seen.
The network's own identities are named: `accounts` signs people in, `worker` writes mail, `example` and `operator` set
up and mend.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION coproduce_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('coproduce.person', true), '')::bigint $$;
CREATE FUNCTION coproduce_system() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT coalesce(current_setting('coproduce.system', true), '') $$;
CREATE FUNCTION coproduce_holds(wanted int) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT wanted::text = ANY (string_to_array(coalesce(current_setting('coproduce.roles', true), ''), ',')) $$;
CREATE FUNCTION coproduce_has_reason() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT coalesce(current_setting('coproduce.reason', true), '') <> '' $$;
CREATE FUNCTION coproduce_stands_for(whom bigint) RETURNS boolean LANGUAGE sql STABLE AS
  $$ SELECT whom = coproduce_person() OR EXISTS (
       SELECT FROM people_proxy WHERE person_id = whom AND proxy_id = coproduce_person()
         AND (until IS NULL OR until > now())) $$;
"""

POLICIES = """
ALTER TABLE people_identity ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON people_identity USING (coproduce_stands_for(person_id));
CREATE POLICY systems ON people_identity USING (coproduce_system() IN ('accounts', 'example', 'operator', 'worker'));
CREATE POLICY steward_reads_with_reason ON people_identity FOR SELECT
  USING (coproduce_holds(6) AND coproduce_has_reason());
CREATE POLICY steward_registers ON people_identity FOR INSERT WITH CHECK (coproduce_holds(6));

ALTER TABLE people_account ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON people_account USING (person_id = coproduce_person());
CREATE POLICY systems ON people_account USING (coproduce_system() IN ('accounts', 'example', 'operator', 'worker'));
CREATE POLICY steward_erases ON people_account FOR DELETE USING (coproduce_holds(6));

ALTER TABLE account_emailaddress ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_account ON account_emailaddress USING (user_id IN (SELECT id FROM people_account));
ALTER TABLE account_emailconfirmation ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_address ON account_emailconfirmation
  USING (email_address_id IN (SELECT id FROM account_emailaddress));
ALTER TABLE mfa_authenticator ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_the_account ON mfa_authenticator USING (user_id IN (SELECT id FROM people_account));

ALTER TABLE people_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON people_notice USING (coproduce_stands_for(person_id));
CREATE POLICY systems ON people_notice USING (coproduce_system() IN ('accounts', 'example', 'operator', 'worker'));
CREATE POLICY telling ON people_notice FOR INSERT WITH CHECK (coproduce_person() IS NOT NULL);
"""

UNDO = """
DROP POLICY telling ON people_notice; DROP POLICY systems ON people_notice; DROP POLICY own ON people_notice;
ALTER TABLE people_notice DISABLE ROW LEVEL SECURITY;
DROP POLICY of_the_account ON mfa_authenticator; ALTER TABLE mfa_authenticator DISABLE ROW LEVEL SECURITY;
DROP POLICY of_the_address ON account_emailconfirmation;
ALTER TABLE account_emailconfirmation DISABLE ROW LEVEL SECURITY;
DROP POLICY of_the_account ON account_emailaddress; ALTER TABLE account_emailaddress DISABLE ROW LEVEL SECURITY;
DROP POLICY steward_erases ON people_account; DROP POLICY systems ON people_account; DROP POLICY own ON people_account;
ALTER TABLE people_account DISABLE ROW LEVEL SECURITY;
DROP POLICY steward_registers ON people_identity; DROP POLICY steward_reads_with_reason ON people_identity;
DROP POLICY systems ON people_identity; DROP POLICY own ON people_identity;
ALTER TABLE people_identity DISABLE ROW LEVEL SECURITY;
DROP FUNCTION coproduce_stands_for(bigint); DROP FUNCTION coproduce_has_reason(); DROP FUNCTION coproduce_holds(int);
DROP FUNCTION coproduce_system(); DROP FUNCTION coproduce_person();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunSQL(FUNCTIONS + POLICIES, UNDO)]
