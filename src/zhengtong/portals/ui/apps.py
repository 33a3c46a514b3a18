"""Django's name for the component library."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The components（界面组件）."""

    name = "zhengtong.portals.ui"
    label = "ui"
