"""What needs the person first（待处理）: one list for the home page and for "my cases"."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.cases.shapes import CaseLine
from zhengtong.portals.citizen.contexts import RunningCase, Todo
from zhengtong.portals.ui.days import say_day, today
from zhengtong.portals.ui.pieces import Due, Step, steps_of


def todos_of(lines: Iterable[CaseLine]) -> tuple[Todo, ...]:
    """Return the cases that wait for the person, nearest day first."""
    waiting = sorted((line for line in lines if line.needs_me), key=lambda line: line.due_on or today())
    return tuple(_todo(line) for line in waiting if line.needs_me == "supplement")


def _todo(line: CaseLine) -> Todo:
    left = (line.due_on - today()).days if line.due_on else 0
    words = (_("还剩 %(n)d 天") % {"n": left} if left > 0 else _("今天到期")) if line.due_on else ""
    return Todo(
        title_zh=line.title_zh,
        title_en=line.title_en,
        tag=_("需补正"),
        why=_("部门请您补交材料或改正内容，其他的不用再交。等您期间不计时。"),
        url=reverse("citizen:supplement", args=[line.no]),
        button=_("去补交"),
        due=Due(words, "today", say_day(line.due_on)),
    )


def running_cases(lines: Iterable[CaseLine]) -> tuple[RunningCase, ...]:
    """Return running cases with their steps; a one-thing's bar counts its parts."""
    return tuple(RunningCase(line, _steps(line)) for line in lines)


def _steps(line: CaseLine) -> tuple[Step, ...]:
    if not line.parts_total:
        return steps_of(str(line.state))
    words = _("%(done)d / %(total)d 个事项办结") % {"done": line.parts_settled, "total": line.parts_total}
    return (Step(_("已提交"), "done"), Step(words, "now"), Step(_("全部办结")))
