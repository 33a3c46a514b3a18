"""The gateway alone as a WSGI application, for servers that tests start and kill.

`ZHENGTONG_DRILL_ZONE` names a file with the seconds by which these servers' time zone is ahead of UTC: a grant ends with
its last day, a drill cannot wait for midnight, so midnight comes to the drill.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402

from zhengtong.gateway import gateway  # noqa: E402
from zhengtong.kit import place  # noqa: E402

ZONE = os.environ.get("ZHENGTONG_DRILL_ZONE", "")


def application(environ, start_response):
    """Answer as the gateway does."""
    if ZONE:
        place.SHANGHAI = dt.timezone(dt.timedelta(seconds=int(Path(ZONE).read_text())))
        timezone.activate(place.SHANGHAI)
    return gateway(environ, start_response)
