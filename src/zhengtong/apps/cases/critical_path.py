"""The promised date of a one-thing（整体承诺时限）: the longest path through its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PartClock:
    """One part on the path: what it waits for, when it ends if that is known, and how to count on from a start.

    `ends_at` is the actual end of a settled part or the due instant of a running one; None while it waits, when
    `count_from(start)` gives its end.
    """

    after: tuple[str, ...]
    ends_at: datetime | None
    count_from: Callable[[datetime], datetime]


def promised_at(parts: Mapping[str, PartClock], start: datetime) -> datetime:
    """Return when the last part ends if every part takes what it promises; a part follows all it waits for.

    Parts that are not there (a situation left them out) hold nothing up.
    """
    ends: dict[str, datetime] = {}

    def end_of(name: str, above: tuple[str, ...]) -> datetime:
        if name in above:
            raise ValueError(f"the parts wait for one another in a circle: {' → '.join((*above, name))}")
        if name not in ends:
            part = parts[name]
            before = [end_of(earlier, (*above, name)) for earlier in part.after if earlier in parts]
            ends[name] = part.ends_at or part.count_from(max(before, default=start))
        return ends[name]

    return max((end_of(name, ()) for name in parts), default=start)
