"""Django's name for this room."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "zhengtong.apps.people"
    label = "people"
    verbose_name = "区划、机构、人员"
    default_auto_field = "django.db.models.BigAutoField"
