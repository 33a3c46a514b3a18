"""What surrounds every page（页面外框）: site name, language and mode switches, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from zhengtong.apps.people.shapes import ANONYMOUS, Actor
from zhengtong.kit import Refused
from zhengtong.portals.ui.languages import is_english
from zhengtong.portals.ui.mode import mode_of


@dataclass(frozen=True)
class Site:
    """The site's names（站点）, from its settings."""

    city_zh: str
    city_en: str
    hotline: str

    @property
    def title_zh(self) -> str:
        return f"{self.city_zh.removesuffix('市').removesuffix('省').removesuffix('县')}政务服务"

    @property
    def title_en(self) -> str:
        return f"{self.city_en} Government Services"


def site() -> Site:
    """Return the names the settings give."""
    zh, en = getattr(settings, "ZHENGTONG_SITE_NAME", ("澜江市", "Lanjiang"))
    return Site(zh, en, getattr(settings, "ZHENGTONG_HOTLINE", "12345"))


class Shell:
    """The frame of one page. Everything that costs a query is worked out only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.site = site()
        self.mode = getattr(request, "ui_mode", None) or mode_of(request)

    @property
    def is_elder(self) -> bool:
        return self.mode in ("elder", "max") and not self.is_desk

    @property
    def is_desk(self) -> bool:
        return self._bare_path.startswith(("/desk/", "/data/", "/console/"))

    @property
    def is_english(self) -> bool:
        return is_english()

    @property
    def html_lang(self) -> str:
        return "en" if is_english() else "zh-CN"

    @property
    def city(self) -> str:
        return self.site.city_en if is_english() else self.site.city_zh

    @property
    def title(self) -> str:
        return self.site.title_en if is_english() else self.site.title_zh

    @cached_property
    def actor(self) -> Actor:
        return getattr(self.request, "actor", None) or ANONYMOUS

    @property
    def signed_in(self) -> bool:
        return self.actor.kind != "anonymous"

    @property
    def is_officer(self) -> bool:
        return self.actor.kind == "officer"

    @cached_property
    def unread(self) -> int:
        """Return how many messages wait; the header shows it only to residents."""
        from zhengtong.apps.cases import queries

        if self.actor.kind != "resident":
            return 0
        try:
            return queries.count_unread(self.actor)
        except Refused:
            return 0

    @cached_property
    def _bare_path(self) -> str:
        path = self.request.path
        return path[3:] or "/" if path == "/en" or path.startswith("/en/") else path

    def _with_query(self, path: str, **changes: str | None) -> str:
        kept = [(key, value) for key, values in self.request.GET.lists() for value in values if key not in changes]
        kept += [(key, value) for key, value in changes.items() if value]
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def zh_url(self) -> str:
        return self._with_query(self._bare_path, mode=None)

    @property
    def en_url(self) -> str:
        return self._with_query(f"/en{self._bare_path}", mode=None)

    @property
    def std_url(self) -> str:
        return self._with_query(self.request.path, mode="std")

    @property
    def elder_url(self) -> str:
        return self._with_query(self.request.path, mode="elder")

    @property
    def max_url(self) -> str:
        return self._with_query(self.request.path, mode="max")

    @property
    def here(self) -> str:
        """Return the address to come back to after signing in."""
        return self.request.get_full_path()

    @property
    def section(self) -> str:
        """Return the first part of the path, for the main navigation."""
        return self._bare_path.strip("/").split("/")[0]

    @property
    def printed_at(self) -> str:
        return timezone.localtime().strftime("%Y-%m-%d %H:%M")


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Return the frame of the page for every template (context processor)."""
    return {"ui": Shell(request)}
