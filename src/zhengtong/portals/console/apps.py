"""Django's name for this portal."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console of rules and simulations."""

    name = "zhengtong.portals.console"
    label = "console_portal"
