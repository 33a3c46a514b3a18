"""Django's name for this portal."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk portal."""

    name = "zhengtong.portals.desk"
    label = "portal_desk"
