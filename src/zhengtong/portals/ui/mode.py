"""Which face the pages wear（长者版）: the same address and the same data, another layout, kept in one cookie."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

COOKIE = "ui"
MODES = ("std", "elder", "max")
ONE_YEAR_SECONDS = 365 * 24 * 3600


class ModeMiddleware:
    """Read the mode from `?mode=` or the cookie into `request.ui_mode`, and keep a newly chosen one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("mode", "")
        request.ui_mode = mode_of(request)
        response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        if chosen in MODES:
            response.set_cookie(COOKIE, chosen, max_age=ONE_YEAR_SECONDS, samesite="Lax", httponly=True)
        return response


def mode_of(request: HttpRequest) -> str:
    """Return "std", "elder" or "max" for a request, also when the middleware has not run."""
    for candidate in (request.GET.get("mode", ""), request.COOKIES.get(COOKIE, "")):
        if candidate in MODES:
            return candidate
    return "std"
