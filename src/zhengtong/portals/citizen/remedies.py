"""Where a remedy is sought（救济途径）: this site's own matter where it is offered online, else the public platform."""

from __future__ import annotations

from django.urls import reverse

from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.matters import queries as matters
from zhengtong.kit import Refused
from zhengtong.portals.citizen.around_contexts import RemedyLine


def remedies_of(found: CaseShape) -> tuple[RemedyLine, ...]:
    """Return the remedies of a decision, each with the page on which it is begun."""
    lines = []
    for remedy in found.remedies:
        here = _page_of(remedy.matter) if remedy.matter else ""
        lines.append(RemedyLine(remedy, here or remedy.platform, bool(here)))
    return tuple(lines)


def _page_of(matter: str) -> str:
    try:
        offered = matters.get_matter(matter)
    except Refused:
        return ""
    return reverse("citizen:service", args=[offered.code]) if offered.online else ""
