"""What must be there before a case is granted（决定前提）: opinions that stop the clock, signatures, the fee."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.cases.actions.held_scope import case_scope
from zhengtong.apps.cases.actions.log import Held
from zhengtong.apps.cases.fees import fee_of
from zhengtong.kit import Refused


def require_ready(held: Held, at: datetime) -> None:
    """Refuse（409）to grant while the clock waits for an opinion, signatures are missing, or the fee is not paid."""
    _require_opinions(held)
    _require_signatures(held)
    _require_fee(held, at)


def _require_opinions(held: Held) -> None:
    waiting = [asked.organisation for asked in held.state.consults if asked.is_open and asked.pauses]
    if waiting:
        raise Refused(
            "case.settle.consult-open",
            f"正在征求{'、'.join(zh for zh, _ in waiting)}的意见，时限已停止计算。收到答复或期满后再决定。",
            f"An opinion of {', '.join(en for _, en in waiting)} is awaited and the clock stands still. Decide when it is in.",
            status=409,
        )


def _require_signatures(held: Held) -> None:
    declared, signing = held.pack.handling.cosign, held.state.cosign
    if declared is None or (signing is not None and signing.is_passed):
        return
    agreed, needed = (signing.agreed, signing.needed) if signing else (0, declared.needed or len(declared.functions))
    raise Refused(
        "case.settle.cosign-missing",
        f"须 {needed} 个部门会签同意，现有 {agreed} 个。请先送会签，签齐后再准予。",
        f"{needed} departments must sign and {agreed} have. Send it for signature first, then grant.",
        status=409,
        basis=declared.basis,
        facts={"needed": needed, "agreed": agreed},
    )


def _require_fee(held: Held, at: datetime) -> None:
    fee = fee_of(held.pack, case_scope(held, at))
    if fee is None or held.state.paid == "paid":
        return
    raise Refused(
        "case.settle.unpaid",
        f"申请人还没有缴纳{fee.title.zh} {fee.yuan} 元。请在缴费后再准予。",
        f"The applicant has not paid {fee.title.en} ({fee.yuan} yuan) yet. Grant it once that is paid.",
        status=409,
        basis=fee.basis,
        facts={"yuan": str(fee.yuan)},
    )
