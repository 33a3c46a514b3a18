"""The name Django knows this room by."""

from __future__ import annotations

from django.apps import AppConfig


class ProactiveConfig(AppConfig):
    """The room as Django sees it."""

    name = "zhengtong.apps.proactive"
    label = "proactive"
    verbose_name = "免申即享"
    default_auto_field = "django.db.models.BigAutoField"
