"""The queue in words（任务队列）: counters that filter, lines by least remaining time."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import BUCKETS, BucketCounts, QueuePage, QueueRow
from zhengtong.apps.people.shapes import Actor
from zhengtong.portals.desk.contexts import Bucket, QueueLine, QueueView
from zhengtong.portals.ui.pages import with_query
from zhengtong.portals.ui.pieces import due_of, pager


def bucket_words() -> dict[str, str]:
    """Return the name of each bucket."""
    return dict(zip(BUCKETS, (_("超期"), _("今天"), _("3 日内"), _("正常"), _("已暂停")), strict=True))


def lines_of(rows: Iterable[QueueRow], current: str = "") -> tuple[QueueLine, ...]:
    """Return queue rows with their deadlines in words."""
    return tuple(QueueLine(row, due_of(row.bucket, row.remaining_days, row.due_on), row.no == current) for row in rows)


def queue_of(
    by: Actor, counts: BucketCounts, *, bucket: str = "", q: str = "", page: int = 1, current: str = ""
) -> QueueView:
    """Return my queue with its counters."""
    chosen = bucket if bucket in BUCKETS else ""
    found = queries.list_queue(by, bucket=chosen, q=q, page=page)
    buckets = tuple(
        Bucket(code, words, getattr(counts, code), code == chosen) for code, words in bucket_words().items()
    )
    return QueueView(_("我的任务"), buckets, lines_of(found.rows, current), _pager(found, chosen, q), found.total)


def _pager(found: QueuePage, bucket: str, q: str):  # type: ignore[no-untyped-def]
    def url_of(number: int) -> str:
        return with_query(reverse("desk:tasks"), bucket=bucket, q=q, page=number if number > 1 else "")

    return pager(found.page, found.pages, found.total, url_of)
