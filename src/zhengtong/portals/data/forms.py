"""Forms of the data portal（表单）: faults in words, what was entered kept, dates read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from zhengtong.kit import Refused
from zhengtong.portals.data.contexts import Entered
from zhengtong.portals.ui.forms import Fault
from zhengtong.portals.ui.languages import pick

NOTHING = Entered({})
ELSEWHERE = (401, 403, 404)  # told on the error page: there is no form to go back to


def faults_of(refusals: Iterable[Refused] | Refused) -> tuple[Fault, ...]:
    """Return each refusal, or each fault that one carries, as a fault that links to its field."""
    listed = [refusals] if isinstance(refusals, Refused) else list(refusals)
    return tuple(fault for one in listed for fault in _carried(one))


def _carried(refused: Refused) -> list[Fault]:
    told = [(fault["path"], pick(fault["zh"], fault["en"])) for fault in refused.facts.get("faults", ())]
    told = told or [(refused.field or "", _words(refused))]
    return [Fault(name, f"f-{name}" if name else "", words) for name, words in told]


def _words(refused: Refused) -> str:
    words = pick(refused.zh, refused.en)
    return f"{words}（{refused.basis}）" if refused.basis and pick("zh", "") else words


def entered_of(request: HttpRequest, *many: str) -> Entered:
    """Return what a form carried; `many` names the fields of which several may be ticked."""
    posted = request.POST
    chosen = frozenset(value for name in many for value in posted.getlist(name))
    return Entered({name: str(posted[name]) for name in posted if name != "csrfmiddlewaretoken"}, chosen)


def read_day(posted: Any, name: str) -> dt.date:
    """Return the day of an `<input type=date>`; refused when it is none."""
    try:
        return dt.date.fromisoformat(posted.get(name, "").strip())
    except ValueError:
        raise Refused(
            "portal.data.day",
            "请填写真实的日期，例如 2026-12-31。",
            "Give a real date, such as 2026-12-31.",
            field=name,
        ) from None


def read_time(posted: Any, name: str) -> dt.time | None:
    """Return the time of day of an `<input type=time>`, None when nothing was typed; refused when it is none."""
    typed = posted.get(name, "").strip()
    try:
        return dt.time.fromisoformat(typed).replace(tzinfo=None) if typed else None
    except ValueError:
        raise Refused(
            "portal.data.time",
            "请填写真实的时刻，例如 08:30。",
            "Give a real time of day, such as 08:30.",
            field=name,
        ) from None


def read_count(posted: Any, name: str) -> int:
    """Return a whole number, 0 when nothing was typed; refused when it is none or too large to be meant."""
    typed = posted.get(name, "").strip() or "0"
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise Refused(
            "portal.data.count",
            "请填写整数，不限制请留空。",
            "Give a whole number, or nothing for no limit.",
            field=name,
        )
    return int(typed)
