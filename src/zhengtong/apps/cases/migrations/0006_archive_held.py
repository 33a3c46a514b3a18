"""A case whose file had findings waits for an officer instead of being tried every minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_processes")]

    operations = [
        migrations.AddField(model_name="case", name="is_archive_held", field=models.BooleanField(default=False)),
    ]
