"""The name Django knows this room by."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "zhengtong.apps.catalog"
    label = "catalog"
    verbose_name = "政务数据目录"
