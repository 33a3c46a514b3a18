"""The name Django knows this room by."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "zhengtong.apps.exchange"
    label = "exchange"
    verbose_name = "共享交换"
