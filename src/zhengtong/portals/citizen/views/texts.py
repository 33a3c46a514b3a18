"""Pages of text（说明页）."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from zhengtong.portals.citizen.contexts import PlainContext
from zhengtong.portals.ui.pages import View, open_to_all, page


def _text_page(name: str) -> View:
    @open_to_all
    def shown(request: HttpRequest) -> HttpResponse:
        return page(request, f"citizen/{name}.html", PlainContext())

    shown.__name__ = name
    shown.__doc__ = f"Show the page {name}."
    return shown


help_page = _text_page("help")
privacy = _text_page("privacy")
accessibility = _text_page("accessibility")
sitemap = _text_page("sitemap")
feedback = _text_page("feedback")
