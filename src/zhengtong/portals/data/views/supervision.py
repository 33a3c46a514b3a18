"""Supervision（数据监管）: what the sharing authority should look at, each with the way there. It counts; it names no person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.apps.corrections import queries as corrections
from zhengtong.apps.demands import queries
from zhengtong.apps.demands.shapes import SupervisionFinding
from zhengtong.portals.data.guards import officer
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.data.supply_contexts import FindingGroup, FindingLine, SupervisionContext
from zhengtong.portals.ui.days import say_day
from zhengtong.portals.ui.pages import clock, page

PLACES = {
    "unused": "grant",
    "unusual": "grant",
    "undelivered": "grant",
    "unanswered": "request",
    "correction": "correction",
}


@officer
def supervision(request: HttpRequest) -> HttpResponse:
    """Show the findings by kind, what is late first."""
    today = timezone.localdate(clock(request))
    found = queries.supervise(request.actor, on=today)
    titles = {
        "unanswered": (_("逾期未答复的申请"), _("提供部门应在法定期限内答复（条例第二十一条）。")),
        "undelivered": (_("逾期未提供的数据"), _("同意后应在法定期限内提供（条例第二十二条）。")),
        "correction": (_("逾期未答复的校核"), _("数源部门应在法定期限内核实、更正、反馈（条例第二十六条）。")),
        "unusual": (_("异常使用的授权"), _("今天的调用次数远多于平时。先问使用部门，再决定是否暂停。")),
        "unused": (_("长期不用的授权"), _("不用的授权应当收回。")),
        "demand": (_("逾期的数据需求"), ""),
        "misuse": (_("逾期的违规整改"), ""),
        "dispute": (_("逾期的争议"), ""),
        "disposal": (_("逾期未处置的数据"), _("授权结束后应当按要求处置并提交证明（条例第二十七条）。")),
    }
    groups = tuple(
        FindingGroup(title, explained, tuple(line_of(one) for one in found if one.kind == kind))
        for kind, (title, explained) in titles.items()
    )
    context = SupervisionContext(
        rail=rail_of(request, "supervision"),
        groups=tuple(group for group in groups if group.lines),
        total=len(found),
        sources=tuple(corrections.count_by_source(on=today)),
    )
    return page(request, "data/supervision.html", context)


def line_of(one: SupervisionFinding) -> FindingLine:
    url = reverse(f"data:{PLACES.get(one.kind, 'proceeding')}", args=[one.no])
    return FindingLine(one.zh, one.en, one.no, url, say_day(one.since))
