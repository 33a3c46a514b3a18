"""The one WSGI callable（入口）: the gateway answers `/gateway/…` on its own fast path, Django everything else."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengtong.site.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

pages = get_wsgi_application()

from zhengtong.gateway import gateway, see_through  # noqa: E402


def application(environ, start_response):
    """Answer one request; WSGI (PEP 3333). Whoever asks where it comes from sees the caller, not the proxy in front."""
    environ = see_through(environ)
    if environ["PATH_INFO"].startswith("/gateway/"):
        return gateway(environ, start_response)
    return pages(environ, start_response)
