"""Several cases decided in one go（批量审批）: each in its own transaction, each with its own result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.actions.settling import settle_case
from zhengtong.apps.cases.shapes import BatchResult
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

MOST_CASES = 100


@dataclass(frozen=True)
class Decision:
    """What is decided on one case of a batch: the version the officer saw, and the outcome."""

    case_no: str
    version: int
    outcome: Mapping[str, Any] = field(default_factory=dict)


def settle_batch(
    *, decisions: Sequence[Decision], decision: str, by: Actor, at: datetime, reason: str = ""
) -> list[BatchResult]:
    """Return what came of each case, in order（批量审批）: settled, or refused with the sentence for it.

    One that is refused holds up no other. Refused as a whole（422）when the list is empty or longer than 100.
    """
    if not 0 < len(decisions) <= MOST_CASES:
        raise Refused(
            "case.batch.size",
            f"一次批量办理 1 至 {MOST_CASES} 件，请重新勾选。",
            f"A batch has 1 to {MOST_CASES} cases; choose again.",
            field="decisions",
        )
    return [_settle(one, decision, reason, by, at) for one in decisions]


def _settle(one: Decision, decision: str, reason: str, by: Actor, at: datetime) -> BatchResult:
    try:
        case = settle_case(
            case_no=one.case_no,
            decision=decision,
            by=by,
            at=at,
            version=one.version,
            reason=reason,
            outcome=one.outcome,
        )
    except Refused as refusal:
        return BatchResult(one.case_no, False, "", refusal.code, refusal.zh, refusal.en)
    return BatchResult(one.case_no, True, case.state)
