"""What a case costs（应缴费用）, by the pack's FEEL over the case."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from zhengtong.apps.cases.scope import Scope, evaluate, holds
from zhengtong.declared.shapes import Pack, Text
from zhengtong.kit import Basis

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Due:
    """An amount to pay（应缴）: what for, how much, on which basis."""

    title: Text
    yuan: Decimal
    basis: Basis


def fee_of(pack: Pack, scope: Scope) -> Due | None:
    """Return what the case costs; None where nothing is to be paid. An amount that cannot be reckoned is a fault."""
    declared = pack.handling.payment
    if declared is None or not holds(declared.when, scope):
        return None
    value = evaluate(declared.yuan, scope)
    try:
        yuan = Decimal(str(value)).quantize(CENT)
    except InvalidOperation as fault:
        raise ValueError(f"{pack.id}: the fee {declared.yuan!r} gives {value!r}") from fault
    return Due(declared.title, yuan, declared.basis) if yuan > 0 else None
