"""The value domain of FEEL（值域）: what a number, a date, null, equality and order mean lives here and nowhere else."""

from zhengtong.rules.values.arithmetic import ARITHMETIC, negate
from zhengtong.rules.values.convert import from_python, nested_text, to_python, to_text
from zhengtong.rules.values.domain import Function, Range, kind_of
from zhengtong.rules.values.logic import COMPARISONS, between, conjunction, disjunction, equal, is_in
from zhengtong.rules.values.properties import member
from zhengtong.rules.values.temporal import Date, DateTime, Months, Nanos, Time

__all__ = [
    "ARITHMETIC",
    "COMPARISONS",
    "Date",
    "DateTime",
    "Function",
    "Months",
    "Nanos",
    "Range",
    "Time",
    "between",
    "conjunction",
    "disjunction",
    "equal",
    "from_python",
    "is_in",
    "kind_of",
    "member",
    "negate",
    "nested_text",
    "to_python",
    "to_text",
]
