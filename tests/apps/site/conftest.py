"""A site of two real server processes on the database this pass runs on."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.apps.site.city import seed_city


@dataclass(frozen=True)
class Ground:
    """A seeded site at rest: its environment, and the parents who may apply."""

    environment: dict[str, str]
    parents: list[str]


@pytest.fixture
def ground() -> Iterator[Ground]:
    """A seeded city in a folder and, on PostgreSQL, a database of its own."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-site-") as home:
        environment = {"ZHENGTONG_HOME": home, "ZHENGTONG_REQUIRE_MFA": "0", "DATABASE_URL": ""}
        server = os.environ.get("DATABASE_URL", "")
        if server.startswith("postgres"):
            environment["DATABASE_URL"] = make_database(server)
        yield Ground(environment, seed_city(environment))


def make_database(server: str) -> str:
    """Return the address of a new database on the server."""
    import psycopg

    name = f"site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server.rsplit('/', 1)[0]}/{name}"
