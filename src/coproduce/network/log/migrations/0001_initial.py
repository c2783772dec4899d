"""The event table, the head of its chain, the one id space, and what keeps all three as they are.

The owner alone may change rows, and only after `SET coproduce.log_unlocked = 'on'`, which nothing in Coproduce does.
"""

from django.db import migrations, models

ID_SPACE = "CREATE SEQUENCE coproduce_id AS bigint MINVALUE 1 START 1"

BEGIN = """
ALTER TABLE log_event
    ADD CONSTRAINT log_event_value CHECK (value <> 'Infinity' AND value <> '-Infinity'),
    ADD CONSTRAINT log_event_hash CHECK (octet_length(hash) = 32);
ALTER TABLE log_head SET (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO log_head (id, beginning, seq, hash)
SELECT 1, beginning, -1, beginning
FROM (SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS beginning) AS made;
"""

# Runs as the owner, so that the application's role needs no right to write the table and cannot choose a sequence
# number or a hash. The row lock on the head is held to the commit of the caller's transaction: numbers commit in order.
APPEND = """
CREATE FUNCTION log_append(
    recorded_at bigint, kinds smallint[], times bigint[], actors bigint[], subjects bigint[], objects bigint[],
    roles smallint[], sites integer[], topics integer[], measured double precision[], causes bigint[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first bigint;
    last_hash bytea;
    hashes bytea[] := '{}';
BEGIN
    SELECT head.seq + 1, head.hash INTO STRICT first, last_hash FROM public.log_head AS head WHERE id = 1 FOR UPDATE;
    FOR i IN 1 .. cardinality(kinds) LOOP
        IF causes[i] < -1 THEN
            causes[i] := first - 2 - causes[i];
        END IF;
        last_hash := sha256(
            last_hash || int8send(first + i - 1) || int8send(times[i]) || int8send(recorded_at) || int2send(kinds[i])
            || int8send(actors[i]) || int8send(subjects[i]) || int8send(objects[i]) || int2send(roles[i])
            || int4send(sites[i]) || int4send(topics[i]) || float8send(measured[i]) || int8send(causes[i]));
        hashes[i] := last_hash;
    END LOOP;
    -- One statement for all rows: five times as quick as an INSERT in the loop.
    INSERT INTO public.log_event
        (seq, time, recorded, actor, subject, object, cause, value, site, topic, kind, role, hash)
    SELECT first + i - 1, given.time, recorded_at, actor, subject, object, cause, value, site, topic, kind, role, hash
    FROM unnest(times, actors, subjects, objects, causes, measured, sites, topics, kinds, roles, hashes)
        WITH ORDINALITY AS given (time, actor, subject, object, cause, value, site, topic, kind, role, hash, i);
    UPDATE public.log_head SET seq = first + cardinality(kinds) - 1, hash = last_hash WHERE id = 1;
    RETURN first;
END
$$;
"""

REFUSE = """
CREATE FUNCTION log_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF current_setting('coproduce.log_unlocked', true) = 'on' AND pg_has_role(
        current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the event log only grows: nothing in it is changed or removed' USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER log_event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON log_event
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse();
CREATE TRIGGER log_head_stays BEFORE DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION log_refuse();
"""

# Whoever was given rights on new tables by default keeps only reading.
READ_ONLY = """
DO $$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT DISTINCT c.oid::regclass AS table_name, acl.grantee
        FROM pg_class AS c, aclexplode(c.relacl) AS acl
        WHERE c.oid IN ('log_event'::regclass, 'log_head'::regclass) AND acl.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON %s FROM %s', given.table_name,
            CASE WHEN given.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END);
    END LOOP;
END
$$;
"""

UNDO = """
DROP FUNCTION log_append(
    bigint, smallint[], bigint[], bigint[], bigint[], bigint[], smallint[], integer[], integer[], double precision[],
    bigint[]);
DROP TRIGGER log_event_only_grows ON log_event;
DROP TRIGGER log_head_stays ON log_head;
DROP FUNCTION log_refuse();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(ID_SPACE, "DROP SEQUENCE coproduce_id"),
        migrations.CreateModel(
            name='LogEvent',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('time', models.BigIntegerField()),
                ('recorded', models.BigIntegerField()),
                ('actor', models.BigIntegerField()),
                ('subject', models.BigIntegerField()),
                ('object', models.BigIntegerField()),
                ('cause', models.BigIntegerField()),
                ('value', models.FloatField()),
                ('site', models.IntegerField()),
                ('topic', models.IntegerField()),
                ('kind', models.SmallIntegerField()),
                ('role', models.SmallIntegerField()),
                ('hash', models.BinaryField()),
            ],
            options={
                'db_table': 'log_event',
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('subject__gte', 0)), fields=['subject'], name='log_event_subject'), models.Index(condition=models.Q(('object__gte', 0)), fields=['object'], name='log_event_object'), models.Index(condition=models.Q(('actor__gte', 0)), fields=['actor'], name='log_event_actor'), models.Index(condition=models.Q(('cause__gte', 0)), fields=['cause'], name='log_event_cause'), models.Index(fields=['kind', 'time'], name='log_event_kind_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('cause__gte', -1), ('cause__lt', models.F('seq')), ('seq__gte', 0)), name='log_event_order'), models.CheckConstraint(condition=models.Q(('time__gte', -2208988800000000), ('time__lt', 7258118400000000), ('recorded__gte', -2208988800000000), ('recorded__lt', 7258118400000000)), name='log_event_times'), models.CheckConstraint(condition=models.Q(('actor__gte', -1), ('object__gte', -1), ('subject__gte', -1), ('site__gte', -1), ('topic__gte', -1)), name='log_event_ids'), models.CheckConstraint(condition=models.Q(('kind__gte', 1), ('kind__lte', 255), ('role__gte', 0), ('role__lte', 255)), name='log_event_codes')],
            },
        ),
        migrations.CreateModel(
            name='LogHead',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('beginning', models.BinaryField()),
                ('seq', models.BigIntegerField()),
                ('hash', models.BinaryField()),
            ],
            options={
                'db_table': 'log_head',
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='log_head_is_one_row')],
            },
        ),
        migrations.RunSQL(BEGIN + APPEND + REFUSE + READ_ONLY, UNDO),
    ]
