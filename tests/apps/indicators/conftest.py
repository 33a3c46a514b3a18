"""The city of cases, in which some residence permits are settled on known days."""

from __future__ import annotations

from tests.apps.cases.conftest import city  # noqa: F401
