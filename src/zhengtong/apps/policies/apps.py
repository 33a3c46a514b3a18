"""The name Django knows this room by."""

from __future__ import annotations

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "zhengtong.apps.policies"
    label = "policies"
    verbose_name = "政策规则"
