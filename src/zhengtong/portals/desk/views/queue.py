"""Queue, pool, search, board（任务、待认领、查询、看板）."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import BUCKETS
from zhengtong.portals.desk.contexts import BoardContext, BoardLine, PoolContext, SearchContext, TasksContext
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.queues import lines_of, queue_of
from zhengtong.portals.ui.pages import SeeOther, page, whole_number, with_query
from zhengtong.portals.ui.pieces import pager

MOST_CHARACTERS = 80  # of a search


@officer
def start(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django hands every view the request
    """Open the queue."""
    return SeeOther(reverse("desk:tasks"))


@officer
def tasks(request: HttpRequest) -> HttpResponse:
    """Show my queue, least remaining time first."""
    q = request.GET.get("q", "").strip()[:MOST_CHARACTERS]
    counts = queries.count_buckets(request.actor)
    queue = queue_of(request.actor, counts, bucket=request.GET.get("bucket", ""), q=q, page=_page_number(request))
    return page(request, "desk/tasks.html", TasksContext("tasks", counts, queue, q))


@officer
def pool(request: HttpRequest) -> HttpResponse:
    """Show what nobody has claimed yet."""
    found = queries.list_pool(request.actor, page=_page_number(request))
    counts = queries.count_buckets(request.actor)
    links = pager(found.page, found.pages, found.total, lambda n: with_query(reverse("desk:pool"), page=n))
    return page(request, "desk/pool.html", PoolContext("pool", counts, lines_of(found.rows), found.total, links))


@officer
def search(request: HttpRequest) -> HttpResponse:
    """Find any case the officer may see."""
    q = request.GET.get("q", "").strip()[:MOST_CHARACTERS]
    counts = queries.count_buckets(request.actor)
    if not q:
        return page(request, "desk/search.html", SearchContext("search", counts, "", (), 0, None))
    found = queries.search_cases(request.actor, q, _page_number(request))
    links = pager(found.page, found.pages, found.total, lambda n: with_query(reverse("desk:search"), q=q, page=n))
    return page(
        request, "desk/search.html", SearchContext("search", counts, q, lines_of(found.rows), found.total, links)
    )


@officer
def board(request: HttpRequest) -> HttpResponse:
    """Show what each colleague has in hand by deadline, what lies unclaimed, what I settled."""
    counts = queries.count_buckets(request.actor)
    lines = tuple(
        BoardLine(label, **{bucket: getattr(load, bucket) for bucket in BUCKETS})
        for label, load in queries.list_load(request.actor)
    )
    in_hand, done = sum(line.total for line in lines), queries.count_done(request.actor)
    return page(request, "desk/board.html", BoardContext("board", counts, lines, in_hand, done))


def _page_number(request: HttpRequest) -> int:
    return max(1, whole_number(request.GET.get("page", ""), 1))
