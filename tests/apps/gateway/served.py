"""The gateway alone as a WSGI application, for servers that tests start and kill."""

from __future__ import annotations

import django

django.setup()

from zhengtong.gateway import gateway as application  # noqa: E402

__all__ = ["application"]
