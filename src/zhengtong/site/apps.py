"""The name Django knows the site by, and the moment its rooms are wired."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site as an app: once every room stands, connect who hears what."""

    name = "zhengtong.site"
    label = "site"
    verbose_name = "站点"

    def ready(self) -> None:
        from zhengtong.site import wiring

        wiring.connect()
