"""IR → Python closures（参考求值器）: the plain meaning of every node, and the REFERENCE both fast back-ends must equal.

A closure takes the environment, a dict from variable keys to values, and returns a value of the domain. Nothing here
raises for bad data: what has no meaning is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from zhengtong.rules.builtins import BUILTINS, call_builtin, call_builtin_named
from zhengtong.rules.core import ir
from zhengtong.rules.core.types import Type, convert, is_instance
from zhengtong.rules.decide import table_closure
from zhengtong.rules.external import find_method
from zhengtong.rules.values.arithmetic import ARITHMETIC, negate
from zhengtong.rules.values.domain import Function, Range
from zhengtong.rules.values.logic import COMPARISONS, between, conjunction, disjunction, is_in, less, less_or_equal
from zhengtong.rules.values.properties import member
from zhengtong.rules.values.temporal import Date, date_from_ordinal

Env = dict[str, Any]
Closure = Callable[[Env], Any]
MAX_ITERATIONS = 10_000_000


def to_closure(node: ir.Node) -> Closure:
    """Return the closure that evaluates `node`."""
    return _CLOSURES[type(node)](node)


def _const(node: ir.Const) -> Closure:
    value = node.value
    return lambda _: value


def _nothing(node: ir.Nothing) -> Closure:  # noqa: ARG001
    return lambda _: None


def _var(node: ir.Var) -> Closure:
    key = node.key
    return lambda env: env.get(key)


def _item_name(node: ir.ItemName) -> Closure:
    key, name = node.item.key, node.name
    outer = to_closure(node.outer) if node.outer is not None else lambda _: None

    def lookup(env: Env) -> Any:
        item = env.get(key)
        return item[name] if type(item) is dict and name in item else outer(env)

    return lookup


def _member(node: ir.Member) -> Closure:
    base, name = to_closure(node.base), node.name
    return lambda env: member(base(env), name)


def _filter(node: ir.Filter) -> Closure:
    source, key, condition = to_closure(node.source), node.item.key, to_closure(node.condition)

    def filtered(env: Env) -> Any:
        items = source(env)
        if items is None:
            return None
        if type(items) is not list:
            items = [items]
        inner = dict(env)
        kept: list[Any] = []
        for item in items:
            inner[key] = item
            hit = condition(inner)
            if type(hit) is Decimal:
                return _item_at(items, hit)
            if hit is True:
                kept.append(item)
            elif hit is not None and hit is not False:
                return None
        if not items:
            inner[key] = None
            return None if type(condition(inner)) is Decimal else []
        return kept

    return filtered


def _item_at(items: list[Any], position: Decimal) -> Any:
    place = int(position)
    if place == 0 or abs(place) > len(items):
        return None
    return items[place - 1] if place > 0 else items[place]


def _arithmetic(node: ir.Arithmetic) -> Closure:
    operate, left, right = ARITHMETIC[node.operator], to_closure(node.left), to_closure(node.right)
    return lambda env: operate(left(env), right(env))


def _negative(node: ir.Negative) -> Closure:
    operand = to_closure(node.operand)
    return lambda env: negate(operand(env))


def _compare(node: ir.Compare) -> Closure:
    compare, left, right = COMPARISONS[node.operator], to_closure(node.left), to_closure(node.right)
    return lambda env: compare(left(env), right(env))


def _logic(node: ir.Logic) -> Closure:
    operands = [to_closure(operand) for operand in node.operands]
    deciding = node.operator == "or"

    def decided(env: Env) -> bool | None:
        unknown = False
        for operand in operands:
            value = operand(env)
            if value is deciding:
                made: bool | None = deciding
                return made
            unknown = unknown or type(value) is not bool
        return None if unknown else not deciding

    return decided


def _between(node: ir.Between) -> Closure:
    value, low, high = to_closure(node.value), to_closure(node.low), to_closure(node.high)
    return lambda env: between(value(env), low(env), high(env))


def _test(node: ir.Test) -> Closure:
    value, operand = to_closure(node.value), to_closure(node.operand)
    if node.operator == "in":
        return lambda env: is_in(value(env), operand(env))
    if node.operator == "holds":
        return lambda env: holds(value(env), operand(env))
    if node.operator == "is true":
        return lambda env: operand(env) is True
    compare = COMPARISONS[node.operator]
    return lambda env: compare(value(env), operand(env))


def holds(value: Any, condition: Any) -> bool | None:
    """Return whether a cell's own condition holds, or the value equals (or lies in) what it gives."""
    if condition is True and type(value) is not bool:
        return True
    return is_in(value, condition)


def _any_of(node: ir.AnyOf) -> Closure:
    tests = [to_closure(test) for test in node.tests]
    if not tests:
        return lambda _: True
    if node.negated:
        return lambda env: not any(test(env) is True for test in tests)
    if len(tests) == 1:
        return tests[0]
    return lambda env: disjunction([test(env) for test in tests])


def _instance_of(node: ir.InstanceOf) -> Closure:
    value, target = to_closure(node.value), node.type
    return lambda env: is_instance(value(env), target)


def _convert(node: ir.Convert) -> Closure:
    value, convert_to = to_closure(node.value), converter(node.type)
    return lambda env: convert_to(value(env))


def converter(target: Type) -> Callable[[Any], Any]:
    """Return the function that makes a value fit a declared type: converted, and checked against its constraints."""
    check = _constraint(target)

    def converted(value: Any) -> Any:
        if value is None:
            return None
        fitting = convert(value, target)
        return fitting if fitting is not None and check(fitting) else None

    return converted


def _constraint(target: Type) -> Callable[[Any], bool]:
    """Return the check of a type's allowed values, those of its items and fields included."""
    own = to_closure(target.allowed) if target.allowed is not None else None
    item = _constraint(target.of) if target.kind == "list" and target.of is not None else None
    fields = [(name, _constraint(of)) for name, of in target.fields or ()] if target.kind == "context" else []

    def fits(value: Any) -> bool:
        if own is not None and own({"?": value}) is not True:
            return False
        if item is not None and type(value) is list and not all(item(part) for part in value):
            return False
        return all(value.get(name) is None or check(value[name]) for name, check in fields)

    if own is None and not fields and (item is None or item is _anything):
        return _anything
    return fits


def _anything(value: Any) -> bool:  # noqa: ARG001
    return True


def _if(node: ir.If) -> Closure:
    condition, then, otherwise = to_closure(node.condition), to_closure(node.then), to_closure(node.otherwise)

    def chosen(env: Env) -> Any:
        holds = condition(env)
        if holds is True:
            return then(env)
        return otherwise(env) if holds is False or holds is None else None

    return chosen


def _steps(steps: tuple[ir.Step, ...]) -> Callable[[Env], Iterator[Env] | None]:
    """Return what walks over all combinations of the steps, one environment reused; None when a source is null."""
    parts = [
        (step.variable.key, to_closure(step.source), to_closure(step.end) if step.end is not None else None)
        for step in steps
    ]

    def walk(env: Env, depth: int) -> Iterator[bool]:
        if depth == len(parts):
            yield True
            return
        key, source, end = parts[depth]
        items = iterated(source(env)) if end is None else counted(source(env), end(env))
        if items is None:
            yield False
            return
        for item in items:
            env[key] = item
            yield from walk(env, depth + 1)

    return walk  # type: ignore[return-value]


def iterated(source: Any) -> Any:
    """Return the items a loop takes from a source: a list's, a range's, a single value as one; None for null."""
    if source is None:
        return None
    if type(source) is list:
        return source
    if type(source) is Range:
        return _range_items(source)
    return [source]


def _range_items(source: Range) -> Any:
    if source.operator is not None:
        return None
    items = counted(source.low, source.high)
    if items is None:
        return None
    below = less if not source.low_closed else less_or_equal
    above = less if not source.high_closed else less_or_equal
    return [item for item in items if below(source.low, item) and above(item, source.high)]


def counted(start: Any, end: Any) -> Any:
    """Return the whole numbers, or days, from start to end, up or down; None for anything else."""
    if type(start) is Decimal and type(end) is Decimal:
        if start != int(start) or end != int(end) or abs(end - start) > MAX_ITERATIONS:
            return None
        step = 1 if start <= end else -1
        return map(Decimal, range(int(start), int(end) + step, step))
    if type(start) is Date and type(end) is Date:
        first, last = start.to_ordinal(), end.to_ordinal()
        step = 1 if first <= last else -1
        return map(date_from_ordinal, range(first, last + step, step))
    return None


def _for(node: ir.For) -> Closure:
    walk, body, partial = _steps(node.steps), to_closure(node.body), node.partial.key

    def looped(env: Env) -> Any:
        results: list[Any] = []
        inner = {**env, partial: results}
        for valid in walk(inner, 0):  # type: ignore[call-arg,union-attr]
            if not valid:
                return None
            inner[partial] = list(results)
            results.append(body(inner))
        return results

    def looped_plainly(env: Env) -> Any:
        results: list[Any] = []
        inner = dict(env)
        for valid in walk(inner, 0):  # type: ignore[call-arg,union-attr]
            if not valid:
                return None
            results.append(body(inner))
        return results

    return looped if ir.mentions(node.body, partial) else looped_plainly


def _quantified(node: ir.Quantified) -> Closure:
    walk, condition = _steps(node.steps), to_closure(node.condition)
    fold = conjunction if node.every else disjunction

    def decided(env: Env) -> bool | None:
        inner, results = dict(env), []
        for valid in walk(inner, 0):  # type: ignore[call-arg,union-attr]
            hit = condition(inner) if valid else None
            if not valid or (hit is not None and type(hit) is not bool):
                return None
            results.append(hit)
        return fold(results)

    return decided


def _list_of(node: ir.ListOf) -> Closure:
    items = [to_closure(item) for item in node.items]
    return lambda env: [item(env) for item in items]


def _context_of(node: ir.ContextOf) -> Closure:
    entries = [(variable.key, variable.name, to_closure(value)) for variable, value in node.entries]
    result = to_closure(node.result) if node.result is not None else None

    def built(env: Env) -> Any:
        inner, made = dict(env), {}
        for key, name, value in entries:
            made[name] = inner[key] = value(inner)
        return made if result is None else result(inner)

    return built


def _range_of(node: ir.RangeOf) -> Closure:
    low, high = to_closure(node.low), to_closure(node.high)
    closed, operator = (node.low_closed, node.high_closed), node.operator
    if operator is None:
        return lambda env: make_range(low(env), high(env), closed)
    return lambda env: Range(low(env), high(env), *closed, operator)


def make_range(low: Any, high: Any, closed: tuple[bool, bool]) -> Range | None:
    """Return the range, null when its ends have no order between them."""
    if low is not None and high is not None and less(low, high) is None:
        return None
    return Range(low, high, *closed)


def _lambda(node: ir.Lambda) -> Closure:
    body = to_closure(node.body)
    converters = [converter(kind) if kind is not None else None for kind in node.types]
    keys, names = [parameter.key for parameter in node.parameters], [parameter.name for parameter in node.parameters]
    result, shared = converter(node.result) if node.result is not None else None, node.shared

    def made(env: Env) -> Function:
        captured = env if shared else dict(env)

        def call(arguments: list[Any]) -> Any:
            if len(arguments) != len(keys):
                return None
            inner = dict(captured)
            for key, convert_to, argument in zip(keys, converters, arguments, strict=True):
                value = argument if convert_to is None else convert_to(argument)
                if value is None and argument is not None:
                    return None
                inner[key] = value
            answer = body(inner)
            return answer if result is None else result(answer)

        def call_named(named: dict[str, Any]) -> Any:
            return call([named[name] for name in names]) if named.keys() == set(names) else None

        return Function(node.name, tuple(names), call, call_named, node.types, node.result)

    return made


def _external(node: ir.External) -> Closure:
    mapping, names = to_closure(node.mapping), node.parameters
    converters = [converter(kind) if kind is not None else (lambda value: value) for kind in node.types]

    def made(env: Env) -> Function | None:
        found = mapping(env)
        told = found if type(found) is dict else {}
        method = find_method(str(told.get("class")), str(told.get("method signature")))
        if method is None:
            return None

        def call(arguments: list[Any]) -> Any:
            if len(arguments) != len(names):
                return None
            return method([convert_to(value) for convert_to, value in zip(converters, arguments, strict=True)])

        def call_named(named: dict[str, Any]) -> Any:
            return call([named[name] for name in names]) if named.keys() == set(names) else None

        return Function("external", names, call, call_named, node.types)

    return made


def _call(node: ir.Call) -> Closure:
    function, arguments = to_closure(node.function), [to_closure(argument) for argument in node.arguments]

    def called(env: Env) -> Any:
        target = function(env)
        return target.call([argument(env) for argument in arguments]) if type(target) is Function else None

    return called


def _named_call(node: ir.NamedCall) -> Closure:
    function = to_closure(node.function)
    arguments = [(name, to_closure(value)) for name, value in node.arguments]

    def called(env: Env) -> Any:
        target = function(env)
        if type(target) is not Function:
            return None
        return target.call_named({name: value(env) for name, value in arguments})

    return called


def _builtin(node: ir.Builtin) -> Closure:
    name, names = node.name, node.names
    arguments = [to_closure(argument) for argument in node.arguments]
    if names is None:
        return lambda env: call_builtin(name, [argument(env) for argument in arguments])
    pairs = list(zip(names, arguments, strict=True))
    return lambda env: call_builtin_named(name, {key: value(env) for key, value in pairs})


def _builtin_value(node: ir.BuiltinValue) -> Closure:
    name = node.name
    signature = BUILTINS[name][0]
    value = Function(
        name,
        tuple(parameter.name for parameter in signature.parameters),
        lambda arguments: call_builtin(name, arguments),
        lambda named: call_builtin_named(name, named),
        tuple(parameter.types[0] for parameter in signature.parameters),
        signature.result,
    )
    return lambda _: value


_CLOSURES: dict[type, Callable[[Any], Closure]] = {
    ir.Const: _const,
    ir.Nothing: _nothing,
    ir.Var: _var,
    ir.ItemName: _item_name,
    ir.Member: _member,
    ir.Filter: _filter,
    ir.Arithmetic: _arithmetic,
    ir.Negative: _negative,
    ir.Compare: _compare,
    ir.Logic: _logic,
    ir.Between: _between,
    ir.Test: _test,
    ir.AnyOf: _any_of,
    ir.InstanceOf: _instance_of,
    ir.Convert: _convert,
    ir.If: _if,
    ir.For: _for,
    ir.Quantified: _quantified,
    ir.ListOf: _list_of,
    ir.ContextOf: _context_of,
    ir.RangeOf: _range_of,
    ir.Lambda: _lambda,
    ir.External: _external,
    ir.Call: _call,
    ir.NamedCall: _named_call,
    ir.Builtin: _builtin,
    ir.BuiltinValue: _builtin_value,
    ir.Table: lambda node: table_closure(node, to_closure, converter),
}
