"""SQL forms of builtins（内置函数的 SQL 形式）, by name: one module per family."""

from zhengtong.rules.to_sql.forms import lists, moments, numbers, texts
from zhengtong.rules.to_sql.forms.declare import FORMS, call, call_named

FAMILIES = (numbers, texts, lists, moments)

__all__ = ["FAMILIES", "FORMS", "call", "call_named"]
