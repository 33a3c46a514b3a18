"""Django's name for this portal."""

from __future__ import annotations

from django.apps import AppConfig


class CitizenConfig(AppConfig):
    """The citizen portal."""

    name = "zhengtong.portals.citizen"
    label = "portal_citizen"
