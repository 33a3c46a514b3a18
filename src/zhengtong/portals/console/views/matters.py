"""The catalogue of matters as pages（事项目录）: elements, versions from draft to public, what changed between two."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.matters import actions, queries
from zhengtong.kit import Refused
from zhengtong.portals.console.contexts import ComparisonContext, DraftsContext, MatterContext, MattersContext
from zhengtong.portals.console.guards import officer
from zhengtong.portals.console.rails import rail_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, whole_number, with_query
from zhengtong.portals.ui.pieces import pager

SOURCES = ("pack", "import")
ROWS = 30


@officer
def matters(request: HttpRequest) -> HttpResponse:
    """List the catalogue, and the versions that wait for a second person or for publishing."""
    source = request.GET.get("source", "")
    source = source if source in SOURCES else ""
    department = request.GET.get("department", "")[:120]
    found = queries.list_matters(
        filters={"source": source, "department": department},
        page=whole_number(request.GET.get("page", ""), 1),
        size=ROWS,
    )
    here = reverse("console:matters")
    links = pager(
        found.page,
        found.pages,
        found.total,
        lambda n: with_query(here, source=source, department=department, page=n if n > 1 else ""),
    )
    context = MattersContext(
        rail_of(request, "matters"),
        found.matters,
        found.total,
        links,
        source,
        department,
        queries.list_departments(),
        queries.list_pending(request.actor),
    )
    return page(request, "console/matters.html", context)


@officer
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """Show one matter: its elements, what stands behind each material, its versions."""
    found = queries.get_governed(code, request.actor)
    lines = [line for group in found.groups for line in group.lines]
    known = sum(line.value_zh is not None for line in lines)
    return page(request, "console/matter.html", MatterContext(rail_of(request, "matters"), found, known, len(lines)))


@officer
def compare(request: HttpRequest, code: str, before: int, after: int) -> HttpResponse:
    """Show what changed between two versions, element by element."""
    found = queries.compare_versions(code, before, after, request.actor)
    governed = queries.get_governed(code, request.actor)
    sections = Counter(change.section for change in found.changes)
    context = ComparisonContext(
        rail_of(request, "matters"),
        found,
        tuple(step.version.number for step in governed.versions),
        tuple(sections.items()),
    )
    return page(request, "console/comparison.html", context)


@officer
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Go to the comparison of the two versions chosen."""
    before, after = (whole_number(request.GET.get(name, "")) for name in ("before", "after"))
    if before == after:
        raise Refused(
            "portal.console.same-version",
            "请选择两个不同的版本来对照。",
            "Choose two different versions to compare.",
            field="after",
        )
    return SeeOther(reverse("console:compare", args=[code, before, after]))


@officer
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Review or publish a version: the second person, then its publication."""
    digest, taken = request.POST.get("digest", ""), request.POST.get("step", "")
    if taken == "review":
        actions.review_pack(code=code, digest=digest, by=request.actor, at=clock(request))
        say(request, _("已复核。现在可以发布。"))
    else:
        actions.publish_version(code=code, digest=digest, by=request.actor, at=clock(request))
        say(request, _("已发布，从生效日起按新版本受理；在办的件仍按原版本办理。"))
    return SeeOther(reverse("console:matter", args=[code]))


@officer
def drafts(request: HttpRequest) -> HttpResponse:
    """List the packs in the site's folders that are no version yet."""
    offers = queries.list_unpublished(request.actor)
    return page(request, "console/drafts.html", DraftsContext(rail_of(request, "matters"), offers))


@officer
@require_POST
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Draft a version from the site's folder, for a second person to review."""
    made = actions.draft_pack(pack=queries.get_offered_pack(code), by=request.actor, at=clock(request))
    say(request, _("已起草第 %(n)s 版，请另一位同事复核。") % {"n": made.number})
    return SeeOther(reverse("console:matter", args=[code]))
