"""A one-thing is listed beside its parts, no longer by an index of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_unasked_indexes")]

    operations = [migrations.RemoveIndex(model_name="case", name="cases_wholes")]
