"""SQL forms of numeric and boolean builtins（数值与逻辑函数）."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhengtong.rules.to_sql.forms.declare import FORMS, Arguments, Form, form, literal_only
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    MOMENT,
    NULL_VALUE,
    TIME,
    NoForm,
    Value,
)

if TYPE_CHECKING:
    from zhengtong.rules.to_sql.compiler import Compiler


_MODES = {
    "decimal": "half even",
    "round up": "up",
    "round down": "down",
    "round half up": "half up",
    "round half down": "half down",
    "floor": "floor",
    "ceiling": "ceiling",
}


def _rounding(mode: str) -> Form:
    def rounded(compiler: Compiler, arguments: Arguments) -> Value:
        scale = arguments[1].constant if len(arguments) > 1 else Decimal(0)
        if not isinstance(scale, Decimal):
            raise NoForm("rounding to a scale that is computed", "按计算得出的位数舍入")
        if not -6111 <= scale <= 6176:
            return NULL_VALUE
        return compiler.decimals.round(compiler.named(arguments[0]), int(scale), mode)

    return rounded


for _name, _mode in _MODES.items():
    FORMS[_name] = _rounding(_mode)


@form("abs")
def _abs(compiler: Compiler, arguments: Arguments) -> Value:
    value = arguments[0]
    if value.type.is_number:
        return compiler.decimals.absolute(value)
    return Value(f"abs({value.sql})", value.type)


@form("modulo")
def _modulo(compiler: Compiler, arguments: Arguments) -> Value:
    return compiler.decimals.modulo(*(compiler.named(argument) for argument in arguments))


def _parity(remainder: int) -> Form:
    def parity(compiler: Compiler, arguments: Arguments) -> Value:
        value = compiler.named(arguments[0])
        if value.type.kind != "fixed":
            raise NoForm("odd or even of a quotient", "商的奇偶")
        rest = compiler.decimals.modulo(value, compiler.decimals.constant(Decimal(2)))
        whole = compiler.decimals.modulo(value, compiler.decimals.constant(Decimal(1)))
        return Value(f"(CASE WHEN {whole.sql} = 0 THEN {rest.sql} = {remainder} END)", BOOLEAN)

    return parity


FORMS["odd"], FORMS["even"] = _parity(1), _parity(0)


@form("number")
def _number(compiler: Compiler, arguments: Arguments) -> Any:
    if arguments[0].type.is_number:
        return arguments[0]
    return literal_only(compiler, arguments, "number")


@form("not")
def _not(compiler: Compiler, arguments: Arguments) -> Value:
    if not isinstance(arguments[0], Value):
        return NULL_VALUE
    return Value(f"(NOT {compiler.as_truth(arguments[0]).sql})", BOOLEAN)


@form("is")
def _is(compiler: Compiler, arguments: Arguments) -> Value:
    left, right = (*arguments, NULL_VALUE, NULL_VALUE)[:2]
    if not isinstance(left, Value) or not isinstance(right, Value):
        raise NoForm("is() of a range or function", "区间或函数的 is()")
    if left.type.family != right.type.family:
        return Value(f"({compiler.is_null(left)} AND {compiler.is_null(right)})", BOOLEAN)
    if left.type in (TIME, MOMENT):
        return Value(compiler.dialect.same(left.sql, right.sql), BOOLEAN)
    return Value(f"({compiler.compare('=', left, right).sql} IS TRUE)", BOOLEAN)
