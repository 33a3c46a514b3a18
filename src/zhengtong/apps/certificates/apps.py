"""The name Django knows this room by."""

from __future__ import annotations

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """The certificates room（电子证照）."""

    name = "zhengtong.apps.certificates"
    label = "certificates"
    verbose_name = "电子证照"
    default_auto_field = "django.db.models.BigAutoField"
