"""What stands beside every page（侧栏）: where one is, what waits for this officer."""

from __future__ import annotations

from django.http import HttpRequest

from zhengtong.apps.demands import queries as demands
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.shapes import RequestShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.portals.data.contexts import Rail

MINE_TO_DO = frozenset({"consent", "approve", "supplement", "settle-extension"})


def rail_of(request: HttpRequest, section: str) -> Rail:
    """Return the rail; costs the open requests of an officer, nothing for others."""
    by: Actor = request.actor
    if by.organisation is None:
        return Rail(section, False, 0, False)
    can_register = people.can_(by, "resource.register", by.organisation.id)
    return Rail(section, True, len(waiting_for(by)), can_register, demands.is_authority(by))


def put_off_for(by: Actor) -> list[RequestShape]:
    """Return this organisation's open requests whose answer was put off, of which the law has it told（告知需求部门）."""
    asked = queries.list_requests(by, "consumer", open_only=True)
    return [one for one in asked if one.status == "submitted" and one.extension.state == "granted"]


def waiting_for(by: Actor) -> list[RequestShape]:
    """Return the open requests that wait for this officer, those with the nearest answer day first."""
    found = [one for one in queries.list_requests(by, open_only=True) if MINE_TO_DO & set(one.allowed)]
    return sorted(found, key=lambda one: (one.reply_due_on is None, str(one.reply_due_on), one.no))
