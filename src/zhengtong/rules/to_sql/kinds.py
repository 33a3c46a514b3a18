"""What a SQL expression is worth knowing of（SQL 类型）: its kind, its exact decimal bounds, its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zhengtong.kit import Refused
from zhengtong.rules.values.numbers import CONTEXT

#: FEEL keeps 34 significant digits: as long as a result's digits are known to be no more, SQL's decimals are the same
EXACT_DIGITS = 34
MAX_DIGITS = 38


@dataclass(frozen=True, slots=True)
class SqlType:
    """The static type of a SQL value.

    Kinds: null boolean string date time "date and time" months nanos list context, and three forms of number:
    `fixed`, a DECIMAL(whole + scale, scale); `ratio`, an exact quotient not yet carried out; `wide`, a coefficient and
    a power of ten with 34 digits.
    """

    kind: str
    whole: int = 0
    scale: int = 0
    of: SqlType | None = None
    fields: tuple[tuple[str, SqlType], ...] = ()

    @property
    def digits(self) -> int:
        return self.whole + self.scale

    @property
    def is_number(self) -> bool:
        return self.kind in ("fixed", "ratio", "wide")

    @property
    def family(self) -> str:
        """The FEEL kind, the same for all forms of number."""
        return "number" if self.is_number else self.kind


NULL, BOOLEAN, STRING = SqlType("null"), SqlType("boolean"), SqlType("string")
DATE, TIME, MOMENT = SqlType("date"), SqlType("time"), SqlType("date and time")
MONTHS, NANOS, WIDE = SqlType("months"), SqlType("nanos"), SqlType("wide")


def fixed(whole: int, scale: int) -> SqlType:
    return SqlType("fixed", max(whole, 0 if scale else 1), scale)


class NotConstant:
    """Marks a value that is only known when the query runs."""


NOT_CONSTANT = NotConstant()


@dataclass(frozen=True, slots=True)
class Value:
    """A SQL expression with its type. `atomic`: naming it twice costs nothing. `parts`: dividend and divisor.

    `sure`: known never to be null, whatever the row; comparisons of such need no guard.
    """

    sql: str
    type: SqlType
    atomic: bool = False
    constant: Any = NOT_CONSTANT
    parts: tuple[Value, Value] | None = None
    sure: bool = False

    @property
    def never_null(self) -> bool:
        return self.sure or (self.constant is not NOT_CONSTANT and self.constant is not None)


@dataclass(frozen=True, slots=True)
class RangeValue:
    """A range whose shape is known when compiling; it has no SQL value of its own."""

    low: Value
    high: Value
    low_closed: bool
    high_closed: bool
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function known when compiling: its calls are written out in place."""

    node: Any
    scope: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class BuiltinValue:
    name: str


NULL_VALUE = Value("NULL", NULL, atomic=True, constant=None)


class NoForm(Exception):
    """Something has no SQL form; caught where the definition's name is known and told as a refusal."""

    def __init__(self, construct: str, zh: str, at: tuple[int, int] = (0, 0)) -> None:
        super().__init__(construct)
        self.construct, self.zh, self.at = construct, zh, at


def no_form_refusal(error: NoForm, definition: str, dialect: str) -> Refused:
    """Return the refusal `rules.sql.no-form`, naming construct and place."""
    first, last = error.at
    place = f", characters {first + 1}–{last}" if last else ""
    place_zh = f"第 {first + 1}–{last} 个字符" if last else ""
    return Refused(
        "rules.sql.no-form",
        f"规则“{definition}”{place_zh}里的{error.zh}没有 {dialect} 的 SQL 形式。请改写，或在 Python 中逐件计算。",
        f"`{error.construct}` in `{definition}`{place} has no SQL form for {dialect}. Rewrite it, or decide case by case.",
        facts={"construct": error.construct, "definition": definition, "dialect": dialect, "span": list(error.at)},
    )


def has_kind(kind: SqlType, kinds: tuple[str, ...]) -> bool:
    """Return whether a type is, or holds, one of the kinds."""
    if kind.kind in kinds:
        return True
    inner = [kind.of] if kind.of else [of for _, of in kind.fields]
    return any(has_kind(of, kinds) for of in inner)


def number_type(value: Decimal) -> SqlType:
    """Return the smallest fixed type that holds a number."""
    _, digits, exponent = CONTEXT.normalize(value).as_tuple()
    if not isinstance(exponent, int):
        return NULL
    scale = max(0, -exponent)
    return fixed(max(len(digits) + exponent, 0), scale)


def unify(types: list[SqlType], what: str, at: tuple[int, int] = (0, 0)) -> SqlType:
    """Return the one type that holds all; refuses a mixture of kinds."""
    solid = [kind for kind in types if kind.kind != "null"]
    if not solid:
        return NULL
    if len({kind.family for kind in solid}) > 1:
        raise NoForm(f"{what} of several types", f"{what}（类型不一）", at)
    first = solid[0]
    if first.is_number:
        return _unified_numbers(solid)
    if first.kind == "list":
        return SqlType("list", of=unify([kind.of or NULL for kind in solid], what, at))
    if first.kind == "context":
        return _unified_contexts(solid, what, at)
    return first


def _unified_numbers(types: list[SqlType]) -> SqlType:
    if any(kind.kind != "fixed" for kind in types):
        return WIDE
    made = fixed(max(kind.whole for kind in types), max(kind.scale for kind in types))
    return made if made.digits <= MAX_DIGITS else WIDE


def _unified_contexts(types: list[SqlType], what: str, at: tuple[int, int]) -> SqlType:
    names = [name for name, _ in types[0].fields]
    if any({name for name, _ in kind.fields} != set(names) for kind in types):
        raise NoForm(f"{what} of contexts with different entries", f"{what}（上下文条目不一）", at)
    tables = [dict(kind.fields) for kind in types]
    return SqlType("context", fields=tuple((name, unify([t[name] for t in tables], what, at)) for name in names))
