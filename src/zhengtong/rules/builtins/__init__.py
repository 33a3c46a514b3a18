"""The builtins of FEEL（内置函数）: one module per family, each function declared once."""

from zhengtong.rules.builtins import (
    boolean,
    contexts,
    conversion,
    lists,
    numeric,
    ranges,
    strings,
    temporal,
)
from zhengtong.rules.builtins.declare import BUILTINS, call_builtin, call_builtin_named

FAMILIES = (numeric, strings, lists, boolean, contexts, temporal, ranges, conversion)

__all__ = ["BUILTINS", "FAMILIES", "call_builtin", "call_builtin_named"]
