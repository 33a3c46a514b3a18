"""Promises are no longer than the law allows, and a one-thing promises no less than its parts need（时限检查）."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.shapes import Finding, Pack
from zhengtong.declared.yaml_source import Place
from zhengtong.kit.calendar import Term, Unit

CONCERN = "terms"
# a rough common measure for comparing terms of different units; never used to reckon a date
DAYS = {
    Unit.MINUTE: 1 / 1440,
    Unit.HOUR: 1 / 24,
    Unit.WORKDAY: 7 / 5,
    Unit.CALENDAR_DAY: 1,
    Unit.MONTH: 30,
    Unit.YEAR: 365,
}


def check_terms(ground: Ground) -> Iterator[Finding]:
    """Yield promises beyond the statutory term, and one-things promised sooner than their parts."""
    terms = ground.pack.terms
    pairs: list[tuple[Place, Term, Term | None]] = [(("terms", "promised"), terms.promised, terms.statutory)]
    pairs += [
        (("terms", "by_situation", at, "promised"), one.promised, one.statutory or terms.statutory)
        for at, one in enumerate(terms.by_situation)
    ]
    for place, promised, statutory in pairs:
        if statutory is None or about_days(promised) <= about_days(statutory):
            continue
        yield ground.finding(
            CONCERN,
            place,
            ("承诺时限长于法定时限", "the promised term is longer than the statutory one"),
            ("部门承诺只能比法律更短", "a department may only promise less than the law allows"),
            ("把 promised 改短，或核对 statutory", "shorten promised, or check statutory"),
        )
    needed = critical_days(ground.pack, ground.neighbours)
    if about_days(terms.promised) < needed:
        yield ground.finding(
            CONCERN,
            ("terms", "promised"),
            ("整体承诺短于最长的一条办理路线", "the promise is shorter than the longest way through the parts"),
            ("群众会看到一个注定做不到的日期", "people would be given a date that cannot be met"),
            ("把 promised 改成各环节承诺相加的最大值", "make promised the largest sum along the parts"),
        )


def about_days(term: Term) -> float:
    """Return about how many calendar days a term is, for comparison only; working days round up to whole weeks' share."""
    days = DAYS[term.unit] * term.n
    return math.ceil(days) if term.unit is Unit.WORKDAY else days


def critical_days(pack: Pack, neighbours: Mapping[str, Pack]) -> float:
    """Return about how many days the longest chain of parts takes by their own promises."""
    ends: dict[str, float] = {}
    left = list(pack.parts)
    while ready := [part for part in left if set(part.after) <= set(ends)]:
        for part in ready:
            neighbour = neighbours.get(part.pack)
            own = DAYS[neighbour.terms.promised.unit] * neighbour.terms.promised.n if neighbour else 0
            ends[part.id] = max((ends[id] for id in part.after), default=0) + own
        left = [part for part in left if part.id not in ends]
    return max(ends.values(), default=0)
