"""A need with an urgent sign is held: nothing is looked for before the person has seen what to do now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("needs", "0004_quick_walls")]

    operations = [migrations.AddField(model_name="need", name="is_held", field=models.BooleanField(default=False))]
