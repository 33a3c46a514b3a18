"""The sign-in pages and one page behind them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def whoami(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.username if request.user.is_authenticated else "nobody")


urlpatterns = [path("accounts/", include("allauth.urls")), path("my/", whoami), path("", whoami)]
