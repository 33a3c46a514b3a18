"""What stands beside every page（侧栏）."""

from __future__ import annotations

from django.http import HttpRequest

from zhengtong.apps.policies import queries
from zhengtong.portals.console.contexts import Rail


def rail_of(request: HttpRequest, section: str) -> Rail:
    """Return the rail of a section."""
    return Rail(section, queries.can_simulate(request.actor))
