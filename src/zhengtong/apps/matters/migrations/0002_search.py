"""The search index, in the form of whichever database this is."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from zhengtong.apps.matters.search import store


def create(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    store.create(schema_editor.connection)


def drop(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    store.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
