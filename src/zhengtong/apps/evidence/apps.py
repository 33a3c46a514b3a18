"""Django's name for this room, and the guards put in place after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from zhengtong.apps.evidence import guards


def install_guards(*, using: str, **_: Any) -> None:
    """Create the triggers in the database just migrated."""
    guards.install(connections[using])


class EvidenceConfig(AppConfig):
    """The room as Django sees it."""

    name = "zhengtong.apps.evidence"
    label = "evidence"
    verbose_name = "存证"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for the end of a migrate."""
        post_migrate.connect(install_guards, sender=self, dispatch_uid="evidence.guards")
