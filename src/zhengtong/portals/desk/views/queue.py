"""Queue, pool, search, board（任务、待认领、查询、看板）."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import BUCKETS, QueueRow
from zhengtong.portals.desk.contexts import BoardContext, BoardLine, PoolContext, SearchContext, TasksContext
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.queues import lines_of, queue_of
from zhengtong.portals.ui.pages import SeeOther, page, with_query
from zhengtong.portals.ui.pieces import pager


@officer
def start(request: HttpRequest) -> HttpResponse:
    """Open the queue."""
    return SeeOther(reverse("desk:tasks"))


@officer
def tasks(request: HttpRequest) -> HttpResponse:
    """Show my queue, least remaining time first."""
    q = request.GET.get("q", "").strip()
    counts = queries.count_buckets(request.actor)
    queue = queue_of(
        request.actor, counts, bucket=request.GET.get("bucket", ""), q=q, page=_page_number(request)
    )
    return page(request, "desk/tasks.html", TasksContext("tasks", counts, queue, q))


@officer
def pool(request: HttpRequest) -> HttpResponse:
    """Show what nobody has claimed yet."""
    found = queries.list_pool(request.actor, page=_page_number(request))
    counts = queries.count_buckets(request.actor)
    return page(request, "desk/pool.html", PoolContext("pool", counts, lines_of(found.rows), found.total))


@officer
def search(request: HttpRequest) -> HttpResponse:
    """Find any case the officer may see."""
    q = request.GET.get("q", "").strip()
    counts = queries.count_buckets(request.actor)
    if not q:
        return page(request, "desk/search.html", SearchContext("search", counts, "", (), 0, None))
    found = queries.search_cases(request.actor, q=q, page=_page_number(request))

    def url_of(number: int) -> str:
        return with_query(reverse("desk:search"), q=q, page=number if number > 1 else "")

    links = pager(found.page, found.pages, found.total, url_of)
    context = SearchContext("search", counts, q, lines_of(found.rows), found.total, links)
    return page(request, "desk/search.html", context)


@officer
def board(request: HttpRequest) -> HttpResponse:
    """Show the load of each person and what lies unclaimed."""
    counts = queries.count_buckets(request.actor)
    rows = queries.list_open(request.actor)
    lines = _board(rows)
    return page(request, "desk/board.html", BoardContext("board", counts, lines, len(rows)))


def _board(rows: list[QueueRow]) -> tuple[BoardLine, ...]:
    loads: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(BUCKETS, 0))
    for row in rows:
        loads[row.assignee_label or _("待认领")][row.bucket] += 1
    return tuple(BoardLine(label, **load) for label, load in sorted(loads.items(), key=lambda item: -item[1]["overdue"]))


def _page_number(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return max(1, int(given)) if given.isdigit() and len(given) < 6 else 1
