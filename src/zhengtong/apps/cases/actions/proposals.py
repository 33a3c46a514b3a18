"""What the head of the department decides（报批）: more time, a second demand for additions — proposed by one, approved by
another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from zhengtong.apps.cases.actions.log import Held, append, require_current
from zhengtong.apps.cases.actions.officer_rules import (
    done,
    lock_for,
    lock_for_other,
    require_declared,
    require_leader,
    require_mine,
    require_reason,
)
from zhengtong.apps.cases.actions.parties import APPROVING, add_party
from zhengtong.apps.cases.actions.supplements import append_demand, supplement_items
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.rights import approver_of
from zhengtong.apps.cases.shapes import CaseShape, Proposal, SupplementItem
from zhengtong.apps.people.shapes import Actor
from zhengtong.declared.handling import ExtensionRule
from zhengtong.kit import Refused


@transaction.atomic
def propose_extension(
    *, case_no: str, n: int, reason: str, by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case with more time asked for（延期报批）; somebody else, above the officer, decides.

    Refused: a matter without extensions or with all of them used（409）, more than is left of the most（422）.
    """
    held = lock_for(case_no, "proposed", by, version)
    require_mine(held, by, at)
    require_current(held, None, "extended")
    rule = _rule_of(held)
    _require_length(held, rule, n)
    _put_to_head("extended", held, at)
    payload = {"n": n, "unit": rule.most.unit.value, "reason": require_reason(reason)}
    return done(append(held, "proposed", {"kind": "extended", "payload": payload}, by=by, at=at), by, at)


@transaction.atomic
def propose_supplement(
    *,
    case_no: str,
    items: Sequence[SupplementItem | Mapping[str, str]],
    reason: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> CaseShape:
    """Return the case with a further demand for additions put to the head（再次补正报批）."""
    held = lock_for(case_no, "proposed", by, version)
    require_mine(held, by, at)
    require_current(held, None, "supplement-asked")
    _put_to_head("supplement-asked", held, at)
    payload = {"items": supplement_items(held, items), "reason": require_reason(reason)}
    return done(append(held, "proposed", {"kind": "supplement-asked", "payload": payload}, by=by, at=at), by, at)


@transaction.atomic
def approve_proposal(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case after the head approved what was proposed; nobody approves their own proposal（403）."""
    held, proposal = _lock_proposal(case_no, by, version)
    _require_other(proposal, by)
    payload = {**proposal.payload, "proposed_by": proposal.by_label}
    if proposal.kind == "extended":
        _require_length(held, _rule_of(held), payload["n"])
        words = {"reason": payload["reason"], "days": payload["n"]}
        held = append(held, "extended", payload, by=by, at=at, notice=words)
    else:
        more = {"proposed_by": proposal.by_label}
        held = append_demand(held, payload["items"], payload["reason"], by=by, at=at, more=more)
    return _seen(held, by, at)


@transaction.atomic
def reject_proposal(*, case_no: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case without what was proposed; the officer who proposed it reads the reason."""
    held, proposal = _lock_proposal(case_no, by, version)
    _require_other(proposal, by)
    payload = {"kind": proposal.kind, "reason": require_reason(reason), "proposed_by": proposal.by_label}
    return _seen(append(held, "proposal-rejected", payload, by=by, at=at), by, at)


def _lock_proposal(case_no: str, by: Actor, version: int | None) -> tuple[Held, Proposal]:
    """Return the case and the proposal, locked for whoever decides it: its own head, or the superior organisation's."""
    held = lock_for_other(case_no, "proposal-rejected", by, version)
    proposal = held.state.proposal
    assert proposal is not None, "the state admits it only with a proposal"
    own, mine = held.organisation, by.organisation
    deciding = approver_of(proposal.kind, held.pack, own) if own else None
    if mine is None or deciding is None or mine.id != deciding.id:
        raise _not_yours(deciding.name_zh if deciding else "上级机关", deciding.name_en if deciding else "the superior")
    require_leader(held, by)
    return held, proposal


def _put_to_head(kind: str, held: Held, at: datetime) -> None:
    """Ask it of the organisation whose head decides, which finds the case among what is asked of it."""
    deciding = approver_of(kind, held.pack, held.organisation) if held.organisation else None
    if deciding is None:
        raise Refused(
            "case.proposal.no-superior",
            "这件事要由上级机关批准，但系统里没有登记上级机关。请联系系统管理员登记，或按原期限办理。",
            "The superior decides on this, and none is registered here. Ask the administrator, or keep to the term.",
            status=409,
        )
    add_party(held.record, deciding.id, APPROVING, at)


def _require_other(proposal: Proposal, by: Actor) -> None:
    if by.account_id == proposal.by_account:
        raise Refused(
            "case.proposal.own",
            "不能批准或驳回自己提出的事项。请由另一位负责人决定。",
            "Nobody decides on their own proposal. Leave it to another head.",
            status=403,
        )


def _rule_of(held: Held) -> ExtensionRule:
    require_declared(held, "extended")
    rule = held.pack.handling.extension
    assert rule is not None
    return rule


def _require_length(held: Held, rule: ExtensionRule, n: int) -> None:
    used = sum(more.n for more in held.state.promised.extensions) if held.state.promised else 0
    left = rule.most.n - used
    if 0 < n <= left:
        return
    raise Refused(
        "case.extension.too-long",
        f"这个事项最多延长 {rule.most.n}，还可延长 {left}。请改为 1 至 {left}。",
        f"This matter may be extended by {rule.most.n} in all; {left} are left. Give a number from 1 to {left}.",
        basis=rule.most.basis,
        field="n",
        facts={"most": rule.most.n, "left": left, "unit": rule.most.unit.value},
    )


def _seen(held: Held, by: Actor, at: datetime) -> CaseShape:
    done(held, by, at)
    return get_case(held.record.no, by, at=at)


def _not_yours(zh: str, en: str) -> Refused:
    return Refused(
        "case.proposal.not-yours",
        f"这一报批事项由{zh}负责人决定。请由其登录后处理。",
        f"This proposal is for the head of {en} to decide. Leave it to them.",
        status=403,
    )
