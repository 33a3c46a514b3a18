"""Queue, pool, search, board（任务、待认领、查询、看板）."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import BUCKETS, QueuePage
from zhengtong.portals.desk.contexts import BoardContext, BoardLine, PoolContext, SearchContext, TasksContext
from zhengtong.portals.desk.guards import officer
from zhengtong.portals.desk.queues import lines_of, queue_of
from zhengtong.portals.ui.pages import SeeOther, page, whole_number

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
    return page(request, "desk/pool.html", PoolContext("pool", counts, lines_of(found.rows), found.total))


@officer
def search(request: HttpRequest) -> HttpResponse:
    """Find any case the officer may see."""
    q = request.GET.get("q", "").strip()[:MOST_CHARACTERS]
    counts = queries.count_buckets(request.actor)
    if not q:
        return page(request, "desk/search.html", SearchContext("search", counts, "", (), 0, None))
    rows = {row.no: row for found in _everywhere(request, q) for row in found.rows}
    context = SearchContext("search", counts, q, lines_of(rows.values()), len(rows), None)
    return page(request, "desk/search.html", context)


def _everywhere(request: HttpRequest, q: str) -> tuple[QueuePage, ...]:
    """Return what matches in my tasks, in the pool and among what I settled."""
    by = request.actor
    return (queries.list_queue(by, "", q), queries.list_pool(by, q), queries.list_queue(by, "done", q))


@officer
def board(request: HttpRequest) -> HttpResponse:
    """Show what I have in hand by deadline, what lies unclaimed, what is done."""
    counts = queries.count_buckets(request.actor)
    mine = BoardLine(request.actor.label, **{bucket: getattr(counts, bucket) for bucket in BUCKETS})
    return page(request, "desk/board.html", BoardContext("board", counts, (mine,), counts.mine))


def _page_number(request: HttpRequest) -> int:
    return max(1, whole_number(request.GET.get("page", ""), 1))
