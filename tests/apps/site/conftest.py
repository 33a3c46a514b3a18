"""A site of two real server processes on the database this pass runs on."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.apps.site.city import in_site
from tests.nursery import Nursery


@dataclass(frozen=True)
class Ground:
    """A seeded site at rest: its environment, the parents who may apply, and where its invariants are looked at."""

    environment: dict[str, str]
    parents: list[str]
    nursery: Nursery

    def look(self) -> dict[str, Any]:
        """Return what is broken, and what is there."""
        return self.nursery.run("tests.apps.site.invariants")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory) -> tuple[dict[str, str], list[str]]:
    """The environment of a seeded city at rest and its parents; seeded once, copied for each test."""
    environment = new_site(tmp_path_factory.mktemp("seeded") / "home")
    return environment, json.loads(in_site(environment, "tests.apps.site.city").splitlines()[-1])


@pytest.fixture
def ground(seeded, tmp_path) -> Iterator[Ground]:
    """A copy of the seeded city in a folder and, on PostgreSQL, a database of its own."""
    environment, parents = seeded
    home = tmp_path / "site"
    shutil.copytree(environment["ZHENGTONG_HOME"], home)
    own = {**environment, "ZHENGTONG_HOME": str(home)}
    if url := environment["DATABASE_URL"]:
        own["DATABASE_URL"] = postgres.new_database(url, template=url.rpartition("/")[2])
    nursery = Nursery(tmp_path, own, "tests.apps.site.invariants")
    yield Ground(own, parents, nursery)
    nursery.close()


def new_site(home: Path) -> dict[str, str]:
    """Return the environment of a site that is not there yet: SQLite in its folder, or a new database on the server."""
    server = os.environ.get("DATABASE_URL", "")
    url = postgres.new_database(server) if server.startswith("postgres") else ""
    return {"ZHENGTONG_HOME": str(home), "DATABASE_URL": url, "ZHENGTONG_REQUIRE_MFA": "0"}
