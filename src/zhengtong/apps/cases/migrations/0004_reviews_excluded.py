"""A review against which an appeal was upheld is left out of every count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_what_may_happen")]

    operations = [
        migrations.AddField(model_name="review", name="is_excluded", field=models.BooleanField(default=False)),
    ]
