"""Django's name for this room, and the guard put in place after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from zhengtong.apps.matters import guards


def install_guards(*, using: str, **_: Any) -> None:
    """Create the trigger in the database just migrated."""
    guards.install(connections[using])


class MattersConfig(AppConfig):
    name = "zhengtong.apps.matters"
    label = "matters"
    verbose_name = "事项"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for the end of a migrate."""
        post_migrate.connect(install_guards, sender=self, dispatch_uid="matters.guards")
