"""The name Django knows this room by."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "zhengtong.apps.registers"
    label = "registers"
    verbose_name = "基础库"
