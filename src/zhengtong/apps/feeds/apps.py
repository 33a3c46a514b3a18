"""The name Django knows this room by."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "zhengtong.apps.feeds"
    label = "feeds"
    verbose_name = "数据归集"
