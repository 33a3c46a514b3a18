"""The name Django knows this room by."""

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    name = "zhengtong.apps.corrections"
    label = "corrections"
    verbose_name = "校核纠错"
