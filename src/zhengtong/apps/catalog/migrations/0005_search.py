"""The search index, in the form of whichever database this is."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from zhengtong.apps.catalog import search


def create(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    search.create(schema_editor.connection)
    search.fill(schema_editor.connection)


def drop(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    search.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_lineage_versions_quality"), ("people", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
