"""Boolean builtins（逻辑函数）and `is`."""

from __future__ import annotations

from typing import Any

from zhengtong.rules.builtins.declare import builtin
from zhengtong.rules.values.domain import kind_of
from zhengtong.rules.values.logic import equal, negation


@builtin("not", "negand: any", "boolean")
def not_(negand: Any) -> bool | None:
    """the opposite of a boolean, null for anything else"""
    return negation(negand)


@builtin("is", "value1?: any, value2?: any", "boolean")
def is_(value1: Any, value2: Any) -> bool:
    """whether both are the same element of the value domain: same kind, same fields, zones not converted"""
    if kind_of(value1) != kind_of(value2):
        return False
    if kind_of(value1) in ("time", "date and time"):
        return bool(value1 == value2)
    return equal(value1, value2) is True
