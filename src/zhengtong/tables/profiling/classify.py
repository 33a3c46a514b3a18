"""What a column holds（数据项识别）, from a sample of its values and its heading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zhengtong.tables.profiling.detectors import (
    DETECTORS,
    NAMED_DETECTORS,
    is_bank_card,
    is_phone,
    is_resident_number,
    tidy,
)
from zhengtong.tables.profiling.kinds import Kind, list_kinds

#: personal values searched for inside longer text: digits that stand alone
_EMBEDDED = {
    "resident-id": (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), is_resident_number),
    "phone": (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), is_phone),
    "bank-card": (re.compile(r"(?<!\d)\d{16,19}(?!\d)"), is_bank_card),
}
_LEAST_EMBEDDED = 0.001
_FIRST_CELLS, _LARGEST_SLIP = 500, 0.25


@dataclass(frozen=True)
class Finding:
    """The kind a column seems to be of: share of its sampled filled cells that pass, and whether the heading agrees."""

    kind: Kind
    share: float
    is_named: bool


def detect_value(text: str) -> str | None:
    """Return the kind of one value by its own evidence, the best-checked kind first; None when none is proved."""
    value = tidy(text)
    for kind in list_kinds():
        check = DETECTORS.get(kind.id)
        if check and not kind.needs_heading and check(value):
            return kind.id
    return None


def classify(values: Sequence[str], heading: str) -> Finding | None:
    """Return the kind that fits best, None if none does; values are filled cells as text.

    A kind whose check passes beats one that only the heading names; then one the heading names; then one that checks more.
    """
    cells = [tidy(value) for value in values]
    candidates = []
    for order, kind in enumerate(list_kinds()):
        named = kind.is_named_by(heading)
        check = (NAMED_DETECTORS.get(kind.id) if named else None) or DETECTORS.get(kind.id)
        wanted = kind.with_heading if named else kind.share
        share = _share(check, cells, wanted) if check and cells else 0.0
        enough = share >= wanted if check else named
        if enough and (named or not kind.needs_heading) and (share or not check):
            candidates.append((check is None, not named, order, Finding(kind, share, named)))
    return min(candidates, key=lambda candidate: candidate[:3])[3] if candidates else None


def _share(check: Callable[[str], bool], cells: Sequence[str], wanted: float) -> float:
    """Return the share of cells that pass; 0 when the first few hundred fall so short that the rest cannot matter."""
    first = cells[:_FIRST_CELLS]
    if sum(map(check, first)) < (wanted - _LARGEST_SLIP) * len(first):
        return 0.0
    return sum(map(check, cells)) / len(cells)


def find_embedded(values: Sequence[str]) -> dict[str, float]:
    """Return the kinds of personal value that stand inside longer text, with the share of cells that hold one."""
    found: Counter[str] = Counter()
    for value in values:
        for kind, (pattern, check) in _EMBEDDED.items():
            if len(value) > 19 and any(check(piece) for piece in pattern.findall(value)):
                found[kind] += 1
    return {kind: count / len(values) for kind, count in found.items() if count / len(values) >= _LEAST_EMBEDDED}
