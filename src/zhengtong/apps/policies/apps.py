from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "zhengtong.apps.policies"
    label = "policies"
    verbose_name = "政策规则"
