"""Every address of the site（路由）. Chinese at /…, English at /en/…."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

handler400 = "zhengtong.portals.ui.errors.bad_request"
handler403 = "zhengtong.portals.ui.errors.permission_denied"
handler404 = "zhengtong.portals.ui.errors.not_found"
handler429 = "zhengtong.portals.ui.errors.too_many"  # allauth's flood limits
handler500 = "zhengtong.portals.ui.errors.server_error"

urlpatterns = [
    path("api/v1/", include("zhengtong.api.urls")),
    path("callbacks/", include("zhengtong.api.callbacks")),
    *i18n_patterns(
        path("accounts/", include("allauth.urls")),
        path("desk/", include("zhengtong.portals.desk.urls")),
        path("console/", include("zhengtong.portals.console.urls")),
        path("data/", include("zhengtong.portals.data.urls")),
        path("", include("zhengtong.portals.citizen.urls")),
        prefix_default_language=False,
    ),
]
