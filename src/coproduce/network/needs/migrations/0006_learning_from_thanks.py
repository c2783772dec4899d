"""What learning from thanks rests on: where a resource was shown, how likely it stood there, by what it was ranked.

Everybody's ranking reads the weights that were learned; only the operator writes them.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from coproduce.network.log.ids import IdField

SQL = """
ALTER TABLE needs_learnedweights ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON needs_learnedweights FOR SELECT USING (true);
CREATE POLICY learning ON needs_learnedweights USING (coproduce_system() = 'operator');
"""
UNDO = """
DROP POLICY learning ON needs_learnedweights;
DROP POLICY reading ON needs_learnedweights;
ALTER TABLE needs_learnedweights DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("needs", "0005_held_until_urgent_advice_was_seen")]

    operations = [
        migrations.CreateModel(
            name="LearnedWeights",
            fields=[
                ("id", IdField()),
                ("is_dense", models.BooleanField()),
                ("weights", models.JSONField()),
                ("n_lists", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField("offer", "place", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddField("offer", "propensity", models.FloatField(blank=True, null=True)),
        migrations.AddField("offer", "features", ArrayField(models.FloatField(), blank=True, null=True)),
        migrations.RunSQL(SQL, UNDO),
    ]
