"""证明事项清理 as a page: what need not be asked for, what that would save, as a file, and the proposal to spare it."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhengtong.apps.cases.queries import statistics
from zhengtong.apps.matters import actions, queries
from zhengtong.apps.matters.shapes import Demand, DemandGroup
from zhengtong.portals.console.contexts import ProofsContext
from zhengtong.portals.console.guards import officer
from zhengtong.portals.console.rails import rail_of
from zhengtong.portals.ui.languages import words_of
from zhengtong.portals.ui.pages import SeeOther, clock, page, say, with_query

YEAR = dt.timedelta(days=365)


@officer
def proofs(request: HttpRequest) -> HttpResponse:
    """Show the materials that need not be asked for, by department; as a file with `?format=csv`."""
    groups = queries.list_replaceable(uses=statistics.count_brought(clock(request) - YEAR))
    if request.GET.get("format") == "csv":
        return HttpResponse(
            to_csv(groups),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="proofs.csv"'},
        )
    department = request.GET.get("department", "")[:120]
    chosen = tuple(group for group in groups if group.department == department) or groups
    context = ProofsContext(
        rail=rail_of(request, "proofs"),
        groups=chosen,
        demands=sum(len(group.demands) for group in groups),
        saved_minutes=sum(group.saved_minutes for group in groups),
        saved_visits=sum(group.saved_visits for group in groups),
        department=department,
        may_propose="leader" in request.actor.roles,
    )
    return page(request, "console/proofs.html", context)


@officer
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Propose to spare a material; the proposal leaves a receipt."""
    made = actions.propose_replacement(
        matter_code=request.POST.get("matter", ""),
        material=request.POST.get("material", ""),
        replacement=request.POST.get("replacement", ""),
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock(request),
    )
    say(request, _("已提出替代建议，回执 %(no)s。") % {"no": made.receipt_no})
    return SeeOther(with_query(reverse("console:proofs"), department=request.POST.get("department", "")))


def to_csv(groups: tuple[DemandGroup, ...]) -> str:
    """Return the demands as a table for a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    heads = [_("部门"), _("事项"), _("事项编码"), _("材料"), _("可由什么代替"), _("理由"), _("来处")]
    writer.writerow([*heads, _("一年收了几次"), _("一年省几分钟"), _("一年省跑几次"), _("建议回执")])
    for group in groups:
        for one in group.demands:
            writer.writerow([_safe(value) for value in _line(group.department, one)])
    return "\ufeff" + file.getvalue()


def _line(department: str, one: Demand) -> list[str]:
    return [
        department,
        words_of(one, "matter"),
        one.matter_code,
        words_of(one, "material"),
        words_of(one, "replacement"),
        words_of(one, "why"),
        one.kind,
        "" if one.uses is None else str(one.uses),
        str(one.saved_minutes),
        str(one.saved_visits),
        one.proposal.receipt_no if one.proposal else "",
    ]


def _safe(value: str) -> str:
    """Return the value so that no spreadsheet takes it for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value
