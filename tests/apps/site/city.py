"""A city with sixty expecting couples, seeded in a process of its own: `python -m tests.apps.site.city`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RESIDENTS = 2500
PASSWORD = "Lanjiang-2026"
DEPARTMENTS = ("health", "public-security", "disease-control", "human-resources", "medical-insurance")


def in_site(environment: Mapping[str, str], module: str) -> str:
    """Run a module of the tests against a site and return what it printed; its failure is the caller's."""
    command = [sys.executable, "-W", "ignore", "-m", module]
    settings = {"DJANGO_SETTINGS_MODULE": "zhengtong.site.settings", "ZHENGTONG_REQUIRE_MFA": "0"}
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{module}: {done.stderr[-3000:]}"
    return done.stdout


def main() -> None:
    from zhengtong.cli.serve import prepare

    prepare()
    from django.utils import timezone

    from zhengtong.cli.furnish import furnish_city
    from zhengtong.cli.progress import Stages
    from zhengtong.cli.seed import seed_people

    city = seed_people(timezone.now(), residents=RESIDENTS, legal_entities=20)
    furnish_city(city, Stages(quiet=True))
    print(json.dumps(list(city.parents)))


if __name__ == "__main__":
    main()
