"""The name Django knows this room by."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """The channels room（通知渠道）."""

    name = "zhengtong.apps.channels"
    label = "channels"
    verbose_name = "通知渠道"
    default_auto_field = "django.db.models.BigAutoField"
