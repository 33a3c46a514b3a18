"""Small things many pages show（界面小件）: tags, steps, deadlines, links, pagers. Frozen, worded, ready for a template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengtong.portals.ui.days import say_day

STATE_TONES = {
    "waiting": "plain", "submitted": "dai", "supplementing": "he", "accepted": "dai", "examining": "dai",
    "granted": "lv", "denied": "zhu", "not_accepted": "zhu", "withdrawn": "plain", "supplement_expired": "zhu",
    "blocked": "plain", "closed": "plain",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of a step bar（进度步骤）; status is "done", "now", "hold", "bad" or ""."""

    text: str
    status: str = ""


@dataclass(frozen=True)
class Due:
    """A deadline in words（时限）, with the bucket that colours its edge."""

    words: str
    bucket: str
    day: str = ""


@dataclass(frozen=True)
class Crumb:
    """One step of the breadcrumb."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Facet:
    """One filter choice as a link（筛选项）."""

    text: str
    url: str
    count: int | None = None
    is_on: bool = False


@dataclass(frozen=True)
class Pager:
    """Page links（翻页）."""

    page: int
    pages: int
    total: int
    numbers: tuple[tuple[int, str], ...]
    previous_url: str
    next_url: str


def pager(page: int, pages: int, total: int, url_of: Any) -> Pager:
    """Return links to the pages around this one; `url_of(n)` gives an address."""
    near = range(max(1, page - 2), min(pages, page + 2) + 1)
    return Pager(
        page,
        pages,
        total,
        tuple((n, url_of(n)) for n in near),
        url_of(page - 1) if page > 1 else "",
        url_of(page + 1) if page < pages else "",
    )


def tone_of(state: str) -> str:
    """Return the colour name of a case state."""
    return STATE_TONES.get(str(state), "plain")


def due_of(bucket: str, remaining_days: int | None, due_on: date | None, state: str = "running") -> Due:
    """Return a deadline in words: "超期 1 天", "今天到期", "还剩 3 个工作日"."""
    day = say_day(due_on)
    if state == "done":
        return Due(_("已办结"), "done", day)
    if bucket == "hold" or state == "paused":
        return Due(_("已暂停计时"), "hold", day)
    if remaining_days is None:
        return Due("", "ok", day)
    if bucket == "done":
        return Due(_("已办结"), "done", day)
    if bucket == "overdue" or remaining_days < 0:
        late = abs(remaining_days)
        words = ngettext("超期 %(n)d 天", "超期 %(n)d 天", late) if late else "超期"
        return Due(words % {"n": late} if late else _("已超期"), "overdue", day)
    if bucket == "today" or remaining_days == 0:
        return Due(_("今天到期"), "today", day)
    words = ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", remaining_days) % {"n": remaining_days}
    return Due(words, bucket, day)


def due_of_clock(clock: Any) -> Due:
    """Return the deadline of a case's clock in words."""
    return due_of(clock.bucket, clock.remaining_days, clock.due_on, clock.state)


def steps_of(state: str) -> tuple[Step, ...]:
    """Return the plain steps of a case: submitted, accepted, being examined, settled; done ones in the perfect tense."""
    sent, settled = Step(_("已提交"), "done"), Step(_("办结"))
    if state == "waiting":
        return (Step(_("等待前一事项"), "hold"), Step(_("受理")), Step(_("审查")), settled)
    if state == "supplementing":
        return (sent, Step(_("等您补正"), "hold"), Step(_("审查")), settled)
    if state == "submitted":
        return (sent, Step(_("等待受理"), "now"), Step(_("审查")), settled)
    if state in ("accepted", "examining"):
        now = _("审查中") if state == "examining" else _("等待审查")
        return (sent, Step(_("已受理"), "done"), Step(now, "now"), settled)
    return (sent, Step(_("已受理"), "done"), Step(_("已审查"), "done"), _last_step(state))


def _last_step(state: str) -> Step:
    ends = {
        "granted": Step(_("准予"), "done"), "denied": Step(_("不予许可"), "bad"),
        "not_accepted": Step(_("不予受理"), "bad"), "withdrawn": Step(_("已撤回"), "bad"),
        "supplement_expired": Step(_("逾期未补正"), "bad"), "blocked": Step(_("无法继续"), "bad"),
        "closed": Step(_("已全部办结"), "done"),
    }  # fmt: skip
    return ends.get(state, Step(_("办结"), "done"))
