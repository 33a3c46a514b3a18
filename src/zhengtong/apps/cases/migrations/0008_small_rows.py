"""What a change of a case writes anew is made small.

The unique columns lose the index for LIKE and the entries for NULL that `unique=True` brings. On PostgreSQL a row with
its ciphertext（some 3 kB）stays one row: kept in a second table it was written, indexed, deleted and vacuumed there at
every change, and compressing what is encrypted saves nothing.
"""

from django.db import migrations, models
from django.db.models import Q

CIPHERTEXT = ("applicant", "track_code", "folded", "content")
LARGEST_ROW = 8160  # bytes: the most PostgreSQL keeps of a row in its page


def keep_in_the_row(apps, schema_editor):  # noqa: ARG001 - as Django calls it
    _alter(schema_editor, "EXTERNAL", f"SET (toast_tuple_target = {LARGEST_ROW})")


def keep_as_before(apps, schema_editor):  # noqa: ARG001 - as Django calls it
    _alter(schema_editor, "EXTENDED", "RESET (toast_tuple_target)")


def _alter(schema_editor, storage, option):
    if schema_editor.connection.vendor == "postgresql":
        columns = ", ".join(f"ALTER COLUMN {column} SET STORAGE {storage}" for column in CIPHERTEXT)
        schema_editor.execute(f"ALTER TABLE cases_case {columns}, {option}")


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_settled_by_department"), ("people", "0002_access_tokens")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="no",
            field=models.CharField(max_length=50),
        ),
        migrations.AlterField(
            model_name="case",
            name="draft",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="cases.draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=["no"], name="cases_no_once"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(condition=~Q(draft=None), fields=["draft"], name="cases_of_draft"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["organisation", "no"], name="cases_by_number"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=~Q(parent=None), fields=["organisation", "parent"], name="cases_wholes"),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_queue"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(is_settled=False),
                fields=["organisation", "assignee_id", "is_paused", "due_on", "id"],
                name="cases_queue",
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="cases_pool"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=Q(is_settled=False, assignee_id=None),
                fields=["organisation", "is_paused", "due_on", "id"],
                include=["state", "phase"],
                name="cases_pool",
            ),
        ),
        migrations.RunPython(keep_in_the_row, keep_as_before),
    ]
