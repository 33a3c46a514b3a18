"""Django's name for this portal."""

from __future__ import annotations

from django.apps import AppConfig


class DataConfig(AppConfig):
    """The data portal."""

    name = "zhengtong.portals.data"
    label = "data_portal"
