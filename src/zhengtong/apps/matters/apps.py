"""Django's name for this room."""

from __future__ import annotations

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "zhengtong.apps.matters"
    label = "matters"
    verbose_name = "事项"
    default_auto_field = "django.db.models.BigAutoField"
