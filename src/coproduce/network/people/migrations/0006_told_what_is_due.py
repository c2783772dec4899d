"""People are told of what is to be looked at again."""

from django.db import migrations, models

KINDS = [
    ("resource-found", "Something new may help with what you need"),
    ("person-offered", "Somebody offers to help you"),
    ("replied", "Somebody answered you"),
    ("asked-to-help", "Somebody asks for your help"),
    ("follow-up", "Did you get what you needed?"),
    ("thanked", "Somebody thanked you"),
    ("hand-over", "You are of age: your account is yours alone now"),
    ("review-due", "Something you look after is due for another look"),
]


class Migration(migrations.Migration):
    dependencies = [("people", "0005_tables_by_their_full_name")]

    operations = [migrations.AlterField("notice", "kind", models.CharField(choices=KINDS, max_length=20))]
