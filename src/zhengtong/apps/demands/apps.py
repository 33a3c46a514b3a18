"""The name Django knows this room by."""

from django.apps import AppConfig


class DemandsConfig(AppConfig):
    name = "zhengtong.apps.demands"
    label = "demands"
    verbose_name = "供需对接与监管"
