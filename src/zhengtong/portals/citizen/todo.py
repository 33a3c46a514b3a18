"""What needs the person first（待处理）: one list for the home page and for "my cases"."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengtong.apps.cases import queries
from zhengtong.apps.cases.shapes import CaseLine, CaseShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.portals.citizen.contexts import RunningCase, Todo
from zhengtong.portals.ui.days import say_day, today
from zhengtong.portals.ui.languages import words_of
from zhengtong.portals.ui.pieces import Due, Step, steps_of

MOST_TODOS = 3


def todos_of(lines: Iterable[CaseLine], by: Actor) -> tuple[Todo, ...]:
    """Return what waits for the person, nearest day first, at most three: who asks for what, why, and by when."""
    waiting = sorted((line for line in lines if line.needs_me == "supplement"), key=lambda line: line.due_on or today())
    todos: list[Todo] = []
    for line in waiting[:MOST_TODOS]:
        whole = queries.get_case(line.no, by)
        asking = [case for case in (whole, *whole.parts) if case.supplement and case.state == "supplementing"]
        todos += [_todo(whole, case) for case in asking]
    return tuple(todos[:MOST_TODOS])


def _todo(whole: CaseShape, asking: CaseShape) -> Todo:
    supplement = asking.supplement
    assert supplement is not None
    left = (supplement.due_on - today()).days
    words = ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", left) % {"n": left} if left > 0 else _("今天到期")
    items = "、".join(words_of(item, "title") for item in supplement.items)
    why = _("%(who)s请您补：%(items)s（%(reason)s）。其他的不用再交，等您期间不计时。") % {
        "who": words_of(asking.organisation, "name"), "items": items, "reason": supplement.reason.rstrip("。."),
    }  # fmt: skip
    return Todo(
        title_zh=whole.title_zh,
        title_en=whole.title_en,
        tag=_("需补正"),
        why=why,
        url=reverse("citizen:supplement", args=[asking.no]),
        button=_("去补交"),
        due=Due(words, "today", say_day(supplement.due_on)),
    )


def running_cases(lines: Iterable[CaseLine]) -> tuple[RunningCase, ...]:
    """Return running cases with their steps; a one-thing's bar counts its parts."""
    return tuple(RunningCase(line, _steps(line)) for line in lines)


def _steps(line: CaseLine) -> tuple[Step, ...]:
    if not line.parts_total:
        return steps_of(str(line.state))
    words = _("%(done)d / %(total)d 个事项办结") % {"done": line.parts_settled, "total": line.parts_total}
    return (Step(_("已提交"), "done"), Step(words, "now"), Step(_("全部办结")))
