"""How a builtin's SQL form is declared and called（SQL 形式的声明）. A builtin without one is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zhengtong.rules.builtins import BUILTINS, call_builtin
from zhengtong.rules.builtins.declare import Parameter, Signature
from zhengtong.rules.to_sql.kinds import (
    NOT_CONSTANT,
    NULL,
    NULL_VALUE,
    NoForm,
    RangeValue,
    Value,
)

if TYPE_CHECKING:
    from zhengtong.rules.to_sql.compiler import Compiler

Arguments = list[Any]
Form = Callable[["Compiler", Arguments], Any]
FORMS: dict[str, Form] = {}


def form(*names: str) -> Callable[[Form], Form]:
    """Declare the SQL form of builtins."""

    def declare(run: Form) -> Form:
        FORMS.update(dict.fromkeys(names, run))
        return run

    return declare


def call(compiler: Compiler, name: str, arguments: Arguments, at: tuple[int, int]) -> Any:
    """Return a builtin's SQL value: of the first of its forms that the arguments' types fit, null when none does."""
    for signature in BUILTINS[name]:
        fitted = _fitted(compiler, signature, arguments)
        if fitted == "null":
            return NULL_VALUE
        if fitted is not None:
            return _run(compiler, name, fitted, at)  # type: ignore[arg-type]
    return NULL_VALUE


def call_named(compiler: Compiler, name: str, named: dict[str, Any], at: tuple[int, int]) -> Any:
    """Return a builtin's SQL value for named arguments."""
    for signature in BUILTINS[name]:
        ordered = _arranged(signature, named)
        if ordered is None:
            continue
        fitted = _fitted(compiler, signature, ordered)
        if fitted == "null":
            return NULL_VALUE
        if fitted is not None:
            return _run(compiler, name, fitted, at)  # type: ignore[arg-type]
    return NULL_VALUE


def _run(compiler: Compiler, name: str, arguments: Arguments, at: tuple[int, int]) -> Any:
    if name not in FORMS:
        raise NoForm(f"{name}()", f"函数 {name}()", at)
    return FORMS[name](compiler, arguments)


def _arranged(signature: Signature, named: dict[str, Any]) -> Arguments | None:
    known = [parameter.name for parameter in signature.parameters]
    if not named.keys() <= set(known):
        return None
    last = max((known.index(name) for name in named), default=-1)
    needed = [p for p in signature.parameters if not p.optional and p.name not in named]
    if needed:
        return None
    return [named.get(parameter.name, NULL_VALUE) for parameter in signature.parameters[: last + 1]]


def _fitted(compiler: Compiler, signature: Signature, arguments: Arguments) -> Arguments | str | None:
    """Return the arguments as the form takes them; None when they do not fit, "null" when one is null for certain."""
    parameters = signature.parameters
    if parameters and parameters[-1].repeated:
        if len(arguments) < len(parameters):
            return None
        parameters = (*parameters, *[parameters[-1]] * (len(arguments) - len(parameters)))
    needed = sum(not parameter.optional for parameter in signature.parameters)
    if not needed <= len(arguments) <= len(parameters):
        return None
    fitted: Arguments = []
    for parameter, argument in zip(parameters, arguments, strict=False):
        found = _accepted(compiler, parameter, argument)
        if found is None or isinstance(found, str):
            return found
        fitted.append(found)
    return fitted


def _accepted(compiler: Compiler, parameter: Parameter, argument: Any) -> Any:
    kinds = {kind.kind for kind in parameter.types}
    if "Any" in kinds:
        return argument
    if not isinstance(argument, Value):
        if "list" in kinds:
            raise NoForm("a list of ranges or functions", "区间或函数的列表")
        return argument if ("range" if isinstance(argument, RangeValue) else "function") in kinds else None
    if argument.type == NULL or argument.constant is None:
        return NULL_VALUE if parameter.nullable else "null"
    if any(compiler.kind_fits(argument.type, kind) for kind in parameter.types):
        return argument
    if "list" in kinds:
        return compiler._wrapped(compiler.named(argument))
    if argument.type.kind == "list":
        return _only_item(compiler, parameter, argument)
    if argument.type.kind == "date" and "date and time" in kinds:
        raise NoForm("a date as a moment in UTC", "日期转为 UTC 时刻")
    if parameter.nullable and argument.constant is NOT_CONSTANT:
        raise NoForm("an argument of another type that may be null", "可能为空的其他类型参数")
    return None


def _only_item(compiler: Compiler, parameter: Parameter, argument: Value) -> Any:
    """Return the item of a list of one, where one value is asked for; null for any other length."""
    of = argument.type.of or NULL
    if of.kind == "list":
        raise NoForm("a list in a list where one value is asked for", "需要单个值处的嵌套列表")
    if of == NULL or not any(compiler.kind_fits(of, kind) for kind in parameter.types):
        return None
    named = compiler.named(argument)
    item = f"(CASE WHEN {compiler.dialect.length(named.sql)} = 1 THEN {compiler.dialect.at(named.sql, '1')} END)"
    return Value(item, of)


def whole(compiler: Compiler, value: Value) -> Value:
    cut = compiler.decimals.round(compiler.named(value), 0, "down")
    return Value(compiler.dialect.position(compiler.decimals.clamped(cut)), NULL)


def literal_only(compiler: Compiler, arguments: Arguments, name: str) -> Any:
    """Return the value a literal text writes; a text that is only known later has no exact SQL form."""
    constants = [argument.constant for argument in arguments]
    if any(constant is NOT_CONSTANT for constant in constants):
        raise NoForm(f"{name}() of a computed text", f"{name}()（参数为计算得出的文本）")
    return compiler.constant(call_builtin(name, constants))
