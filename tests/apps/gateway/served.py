"""The gateway alone as a WSGI application, for servers that tests start and kill.

`ZHENGTONG_DRILL_MIDNIGHT` is an instant (Unix seconds) that these servers take for midnight, by living in a time zone of
their own: a grant ends with its last day, and a drill cannot wait for one.
"""

from __future__ import annotations

import datetime as dt
import os

import django

django.setup()

from django.utils import timezone  # noqa: E402

from zhengtong.gateway import gateway  # noqa: E402

DAY_SECONDS = 24 * 60 * 60
MIDNIGHT = float(os.environ.get("ZHENGTONG_DRILL_MIDNIGHT", "0"))
ZONE = dt.timezone(dt.timedelta(seconds=DAY_SECONDS - MIDNIGHT % DAY_SECONDS)) if MIDNIGHT else None


def application(environ, start_response):
    """Answer as the gateway does."""
    if ZONE:
        timezone.activate(ZONE)
    return gateway(environ, start_response)
