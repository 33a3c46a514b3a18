"""Indexes nobody asks go: notices are found by whom they are for or by their event, and what was settled by officers."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_small_rows"), ("people", "0002_access_tokens")]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=models.deletion.PROTECT, related_name="notices", to="cases.case"
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_settled_by"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(is_settled=True) & ~Q(settled_by=None),
                fields=["settled_by", "organisation", "-settled_at", "id"],
                name="cases_settled_by",
            ),
        ),
    ]
