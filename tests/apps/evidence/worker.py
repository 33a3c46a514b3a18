"""A process of its own that leaves receipts and seals: `python -m tests.apps.evidence.worker migrate|leave|seal|both N`."""

from __future__ import annotations

import datetime as dt
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "zhengtong.site.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from zhengtong.apps.evidence import actions  # noqa: E402
from zhengtong.apps.people.shapes import SYSTEM  # noqa: E402


def main(what: str, times: int) -> None:
    if what == "migrate":
        call_command("migrate", verbosity=0)
        return
    for number in range(times):
        now = dt.datetime.now(dt.UTC)
        if what != "seal":
            receipt = actions.record(kind="test.done", body={"number": number}, by=SYSTEM, at=now)
            print(receipt.no, flush=True)  # acknowledged: from here on it must never be missing
        if what != "leave":
            actions.seal(at=now)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
