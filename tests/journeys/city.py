"""A small city in a folder of its own（旅程用的城市）: `python -m tests.journeys.city` seeds the one at $ZHENGTONG_HOME."""

from __future__ import annotations

import sys

RESIDENTS = 300
PASSWORD = "Lanjiang-2026"
SETTINGS = "zhengtong.site.settings"


def seed_city() -> None:
    """Seed people, packs, data and grants."""
    from zhengtong.cli.serve import prepare

    prepare()
    from django.utils import timezone

    from zhengtong.cli.furnish import furnish_city
    from zhengtong.cli.progress import Stages
    from zhengtong.cli.seed import seed_people

    furnish_city(seed_people(timezone.now(), residents=RESIDENTS, legal_entities=20), Stages(quiet=True))


if __name__ == "__main__":
    seed_city()
    sys.exit(0)
