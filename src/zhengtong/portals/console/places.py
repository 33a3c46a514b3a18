"""Where a rule applies（区划）: the city as a whole, or one of its parts."""

from __future__ import annotations

from django.conf import settings

from zhengtong.apps.people import queries as people
from zhengtong.portals.ui.languages import pick


def region_choices() -> tuple[tuple[str, str], ...]:
    """Return (code, name) of the site's region, as the empty code, and of the regions right below it."""
    below = people.list_regions(settings.ZHENGTONG_REGION)
    return (("", pick("全市", "The whole city")), *((one.code, pick(one.name_zh, one.name_en)) for one in below))


def region_or_all(typed: str) -> str:
    """Return the code when it is one of the choices, else the empty one."""
    return typed if typed in dict(region_choices()) else ""


def region_name(code: str) -> str:
    """Return the name of a choice; a code that is none stays as it is."""
    return dict(region_choices()).get(code, code)
