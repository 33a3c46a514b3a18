"""The name Django knows this room by."""

from __future__ import annotations

from django.apps import AppConfig


class ArrangementsConfig(AppConfig):
    """The arrangements room（办事安排）."""

    name = "zhengtong.apps.arrangements"
    label = "arrangements"
    verbose_name = "办事安排"
    default_auto_field = "django.db.models.BigAutoField"
