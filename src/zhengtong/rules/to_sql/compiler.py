"""IR → SQL expressions（编译到 SQL）: one method per node; what has no form raises `NoForm` with construct and place.

Longer than 600 lines because it is one table of nodes: a method beside each kind of IR node, all on the same state; the
parts that stand alone (numbers, moments, tables, forms of builtins) are modules of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from zhengtong.rules.builtins import BUILTINS
from zhengtong.rules.core import ir
from zhengtong.rules.core.types import ANY, Type, function_type, is_instance, type_conforms
from zhengtong.rules.to_sql import forms, tables
from zhengtong.rules.to_sql.comparisons import ORDERED
from zhengtong.rules.to_sql.conversions import Conversions
from zhengtong.rules.to_sql.ground import FALSE, TRUE, UNKNOWN, Meaning, Scope, family_of
from zhengtong.rules.to_sql.kinds import (
    BOOLEAN,
    NOT_CONSTANT,
    NULL,
    NULL_VALUE,
    STRING,
    WIDE,
    BuiltinValue,
    FunctionValue,
    NoForm,
    RangeValue,
    SqlType,
    Value,
    unify,
)
from zhengtong.rules.values.domain import Function

MAX_CALLS = 40


def signature_of(found: Meaning) -> Function:
    """Return what a function known when compiling takes and gives, as the value domain has it."""
    if isinstance(found, BuiltinValue):
        first = BUILTINS[found.name][0]
        names, kinds = tuple(p.name for p in first.parameters), tuple(p.types[0] for p in first.parameters)
        return Function(found.name, names, _uncalled, _uncalled, kinds, first.result)
    node: ir.Lambda = found.node  # type: ignore[union-attr]
    names = tuple(parameter.name for parameter in node.parameters)
    return Function(node.name, names, _uncalled, _uncalled, node.types, node.result)


def _uncalled(_: object) -> None:
    """Functions are written out in SQL, never called."""


class Compiler(Conversions):
    """Compiles the nodes of one query."""

    def _const(self, node: ir.Const, _: Scope) -> Meaning:
        return self.constant(node.value)

    def _nothing(self, node: ir.Nothing, _: Scope) -> Value:
        if "external" in node.reason or "written in" in node.reason:
            raise NoForm(node.reason, "外部函数或其他语言的表达式", node.at)
        return NULL_VALUE

    def _var(self, node: ir.Var, scope: Scope) -> Meaning:
        made: Meaning = scope.get(node.key, NULL_VALUE)
        return made

    def _item_name(self, node: ir.ItemName, scope: Scope) -> Meaning:
        item = scope.get(node.item.key, NULL_VALUE)
        if isinstance(item, Value) and item.type.kind == "context" and node.name in dict(item.type.fields):
            return self.entry(item, node.name)
        return self.meaning(node.outer, scope) if node.outer is not None else NULL_VALUE

    # -- paths, filters --------------------------------------------------------------------------------------------

    def _member(self, node: ir.Member, scope: Scope) -> Meaning:
        base = self.meaning(node.base, scope)
        if isinstance(base, RangeValue):
            return self._range_member(base, node.name)
        if not isinstance(base, Value):
            return NULL_VALUE
        return self.member(base, node.name)

    def member(self, base: Value, name: str) -> Value:
        """Return base.name."""
        if base.type.kind == "context":
            return self.entry(base, name)
        if base.type.kind == "list":
            of = base.type.of or NULL
            inner = self.member(Value("x", of, True), name).type
            items = self.dialect.each(base.sql, lambda v: self.fit(self.member(Value(v, of, True), name), inner).sql)
            return Value(items, SqlType("list", of=inner))
        return self.moments.member(base, name) or NULL_VALUE

    def _range_member(self, base: RangeValue, name: str) -> Value:
        flags = {"start included": base.low_closed, "end included": base.high_closed}
        if name in flags:
            return TRUE if flags[name] else FALSE
        return {"start": base.low, "end": base.high}.get(name, NULL_VALUE)

    def _filter(self, node: ir.Filter, scope: Scope) -> Value:
        source = self.value(node.source, scope)
        if source.type.kind != "list":
            source = self._wrapped(source)
        of = source.type.of or NULL
        sample = self.value(node.condition, {**scope, node.item.key: Value("x", of, True)})
        if sample.type.is_number:
            return self._position(source, self.value(node.condition, {**scope, node.item.key: NULL_VALUE}))
        if sample.type not in (BOOLEAN, NULL):
            if sample.constant is NOT_CONSTANT:
                raise NoForm("a filter by neither truth nor position", "既非条件也非位置的筛选", node.at)
            return Value(f"(CASE WHEN {self.dialect.length(source.sql)} = 0 THEN {source.sql} END)", source.type)
        kept = self.dialect.those(
            source.sql, lambda v: self.truth(node.condition, {**scope, node.item.key: Value(v, of, True)})
        )
        return Value(kept, source.type)

    def _position(self, source: Value, position: Value) -> Value:
        cut = self.decimals.round(position, 0, "down")
        named, place = self.named(source), self.named(Value(self.dialect.position(self.decimals.clamped(cut)), NULL))
        item = self.dialect.at(named.sql, place.sql)
        inside = f"{place.sql} <> 0 AND abs({place.sql}) <= {self.dialect.length(named.sql)}"
        return Value(f"(CASE WHEN {inside} THEN {item} END)", source.type.of or NULL)

    # -- operators -------------------------------------------------------------------------------------------------

    def _arithmetic(self, node: ir.Arithmetic, scope: Scope) -> Value:
        left, right = self.meaning(node.left, scope), self.meaning(node.right, scope)
        if not isinstance(left, Value) or not isinstance(right, Value) or NULL in (left.type, right.type):
            return NULL_VALUE
        return self.calculate(node.operator, left, right)

    def calculate(self, operator: str, left: Value, right: Value) -> Value:
        """Return left operator right; null for kinds that do not combine."""
        if left.type.is_number and right.type.is_number:
            return self.decimals.calculate(operator, self.named(left), self.named(right))
        if left.type == right.type == STRING:
            return Value(f"({left.sql} || {right.sql})", STRING) if operator == "+" else NULL_VALUE
        return self.moments.calculate(operator, left, right)

    def _negative(self, node: ir.Negative, scope: Scope) -> Value:
        operand = self.meaning(node.operand, scope)
        if not isinstance(operand, Value):
            return NULL_VALUE
        if operand.type.is_number:
            return self.decimals.negate(operand)
        return Value(f"(-{operand.sql})", operand.type) if operand.type.kind in ("months", "nanos") else NULL_VALUE

    def _compare(self, node: ir.Compare, scope: Scope) -> Value:
        left, right = self.meaning(node.left, scope), self.meaning(node.right, scope)
        return self.compare(node.operator, left, right)

    def _handy(self, found: Meaning) -> Meaning:
        return self.named(found) if isinstance(found, Value) else found

    def _logic(self, node: ir.Logic, scope: Scope) -> Value:
        parts = []
        for operand in node.operands:
            found = self.meaning(operand, scope)
            parts.append(self.as_truth(found).sql if isinstance(found, Value) else UNKNOWN.sql)
        return Value("(" + f" {node.operator.upper()} ".join(parts) + ")", BOOLEAN)

    def _between(self, node: ir.Between, scope: Scope) -> Value:
        value = self._handy(self.meaning(node.value, scope))
        low = self.compare(">=", value, self.meaning(node.low, scope))
        high = self.compare("<=", value, self.meaning(node.high, scope))
        return Value(f"({low.sql} AND {high.sql})", BOOLEAN)

    def _test(self, node: ir.Test, scope: Scope) -> Value:
        if node.operator == "is true":
            return Value(f"({self.truth(node.operand, scope)} IS TRUE)", BOOLEAN)
        value, operand = self._handy(self.meaning(node.value, scope)), self.meaning(node.operand, scope)
        if node.operator == "holds":
            return self._holds(value, operand)
        return self.is_in(value, operand) if node.operator == "in" else self.compare(node.operator, value, operand)

    def _holds(self, value: Meaning, operand: Meaning) -> Value:
        """Return whether a cell's own condition is true; of a boolean value whether it equals the condition."""
        equal = self.is_in(value, operand)
        own = isinstance(operand, Value) and operand.type == BOOLEAN
        if not own or (isinstance(value, Value) and value.type == BOOLEAN):
            return equal
        return Value(f"(CASE WHEN {operand.sql} THEN TRUE ELSE {equal.sql} END)", BOOLEAN)  # type: ignore[union-attr]

    def _any_of(self, node: ir.AnyOf, scope: Scope) -> Value:
        if not node.tests:
            return TRUE
        if (listed := self._listed(node, scope)) is not None:
            return listed
        parts = [self.truth(test, scope) for test in node.tests]
        if node.negated:
            return Value("(NOT (" + " OR ".join(f"{part} IS TRUE" for part in parts) + "))", BOOLEAN)
        return Value("(" + " OR ".join(parts) + ")", BOOLEAN)

    def holds(self, node: ir.Node, scope: Scope) -> str:
        """Return SQL that is true exactly where a condition is, and null or false elsewhere: for CASE, which asks no more."""
        if isinstance(node, ir.Logic) or (isinstance(node, ir.AnyOf) and node.tests and not node.negated):
            word, parts = (
                (" OR ", node.tests) if isinstance(node, ir.AnyOf) else (f" {node.operator.upper()} ", node.operands)
            )
            if isinstance(node, ir.AnyOf) and (value := self._looked_up(node, scope)) is not None:
                return value
            return "(" + word.join(self.holds(part, scope) for part in parts) + ")"
        if isinstance(node, (ir.Test, ir.Compare)) and node.operator in ("in", "="):
            sides = (node.value, node.operand) if isinstance(node, ir.Test) else (node.left, node.right)
            return self._is_literal(*sides, scope) or self.truth(node, scope)
        return self.truth(node, scope)

    def _is_literal(self, value: ir.Node, literal: ir.Node, scope: Scope) -> str | None:
        """Return `value = literal` where that is FEEL's equality wherever it is true; None for what is no plain literal."""
        if not isinstance(literal, ir.Const) or type(literal.value) not in (str, bool, Decimal):
            return None
        found, meant = self._handy(self.meaning(value, scope)), self.constant(literal.value)
        if not isinstance(found, Value) or not isinstance(meant, Value) or found.type.family != meant.type.family:
            return None
        if found.type == BOOLEAN:
            return found.sql if literal.value else f"(NOT {found.sql})"
        if found.type == STRING:
            return f"({found.sql} = {meant.sql})"
        return self.decimals.plainly_equal(found, meant)

    def _looked_up(self, node: ir.AnyOf, scope: Scope) -> str | None:
        listed = self._among(node, scope)
        return None if listed is None else f"({listed[0].sql} IN ({listed[1]}))"

    def _listed(self, node: ir.AnyOf, scope: Scope) -> Value | None:
        listed = self._among(node, scope)
        if listed is None:
            return None
        value, texts = listed
        known = "" if value.never_null else f"{value.sql} IS NOT NULL AND "
        return Value(f"({known}{value.sql} IN ({texts}))", BOOLEAN)

    def _among(self, node: ir.AnyOf, scope: Scope) -> tuple[Value, str] | None:
        """Return a text and the two or more fixed texts it must be among, which engines look up in one step; else None."""
        texts = [t.operand.value for t in node.tests if isinstance(t, ir.Test) and isinstance(t.operand, ir.Const)]
        same = {t.value for t in node.tests if isinstance(t, ir.Test) and t.operator == "in"}
        if node.negated or len(texts) < 2 or len(texts) < len(node.tests) or len(same) > 1:
            return None
        if not all(isinstance(text, str) for text in texts) or not all(t.operator == "in" for t in node.tests):  # type: ignore[attr-defined]
            return None
        found = self.meaning(same.pop(), scope)
        if not isinstance(found, Value) or found.type != STRING:
            return None
        return self.named(found), ", ".join(self.dialect.text(text) for text in texts)

    # -- types -----------------------------------------------------------------------------------------------------

    def _instance_of(self, node: ir.InstanceOf, scope: Scope) -> Value:
        found = self.meaning(node.value, scope)
        if isinstance(found, RangeValue):
            inner = node.type.kind == "range" and self.kept(found, node.type, node.at) is found
            return TRUE if node.type.kind == "Any" or inner else FALSE
        if not isinstance(found, Value):
            raise NoForm("the type of a function", "函数的类型判断", node.at)
        fits = self.kind_fits(found.type, node.type)
        if found.constant is not NOT_CONSTANT:
            return TRUE if is_instance(found.constant, node.type) else FALSE
        if not fits and found.type.kind in ("list", "context") and found.type.kind == node.type.kind:
            raise NoForm("the type of parts that may be null", "可能为空的部分的类型判断", node.at)
        null = "TRUE" if node.type.kind in ("Null", "Any") else "FALSE"
        return Value(f"(CASE WHEN {self.is_null(found)} THEN {null} ELSE {'TRUE' if fits else 'FALSE'} END)", BOOLEAN)

    def _convert(self, node: ir.Convert, scope: Scope) -> Meaning:
        found = self.meaning(node.value, scope)
        return self.convert(found, node.type) if isinstance(found, Value) else self.kept(found, node.type, node.at)

    def kept(self, found: Meaning, target: Type, at: tuple[int, int]) -> Meaning:
        """Return a range or function where a declared type takes it, null where it does not."""
        if target.kind == "list" or target.allowed is not None:
            raise NoForm("a range or function in a list or with allowed values", "列表中或受限的区间或函数", at)
        if isinstance(found, RangeValue):
            of = target.of or ANY
            fits = target.kind == "range" and all(self.kind_fits(end.type, of) for end in (found.low, found.high))
        else:
            own = function_type(signature_of(found))
            fits = target.kind == "function" and (target.result is None or type_conforms(own, target))
        return found if fits or target.kind == "Any" else NULL_VALUE

    # -- control ---------------------------------------------------------------------------------------------------

    def _if(self, node: ir.If, scope: Scope) -> Meaning:
        then, otherwise = self.value(node.then, scope), self.value(node.otherwise, scope)
        kind = unify([then.type, otherwise.type], "the branches of an if", node.at)
        yes, no = self.fit(then, kind), self.fit(otherwise, kind)
        if isinstance(node.condition, ir.Compare) and (
            function := self._picked(node.condition, then, otherwise, scope)
        ):
            return Value(f"{function}({yes.sql}, {no.sql})", kind, sure=True)
        sure = yes.never_null and no.never_null
        if isinstance(node.condition, (ir.Logic, ir.Compare, ir.Test, ir.AnyOf)):
            return Value(
                f"(CASE WHEN {self.holds(node.condition, scope)} THEN {yes.sql} ELSE {no.sql} END)", kind, sure=sure
            )
        condition = self.value(node.condition, scope)
        if condition.type == BOOLEAN:
            return Value(f"(CASE WHEN {condition.sql} THEN {yes.sql} ELSE {no.sql} END)", kind, sure=sure)
        return Value(f"(CASE WHEN {self.is_null(condition)} THEN {no.sql} END)", kind)

    def _picked(self, asked: ir.Compare, then: Value, otherwise: Value, scope: Scope) -> str | None:
        """Return the function that `if a > b then b else a` is for numbers that are never null; None for any other if."""
        if asked.operator not in ("<", "<=", ">", ">="):
            return None
        left, right = self._handy(self.meaning(asked.left, scope)), self._handy(self.meaning(asked.right, scope))
        sides = [
            side for side in (left, right) if isinstance(side, Value) and side.type.kind == "fixed" and side.never_null
        ]
        if len(sides) < 2:
            return None
        branches = [self.named(then).sql, self.named(otherwise).sql]
        names = [self.named(side).sql for side in sides]
        if branches not in (names, names[::-1]):
            return None
        return "least" if (branches == names) == (asked.operator in ("<", "<=")) else "greatest"

    def _looped(
        self, steps: tuple[ir.Step, ...], scope: Scope, body: Callable[[Scope], Value], flat: bool = True
    ) -> Value:
        """Return the list of the body's values over all combinations of the steps."""
        step, rest = steps[0], steps[1:]
        source = self._step_source(step, scope)
        of = source.type.of or NULL
        inner: list[SqlType] = []

        def each(name: str) -> str:
            bound = {**scope, step.variable.key: Value(name, of, True)}
            made = self._looped(rest, bound, body) if rest else body(bound)
            inner.append(made.type)
            return made.sql if made.parts is None else self.decimals.as_wide(made).sql

        items = self.dialect.each(source.sql, each)
        kind = inner[-1] if inner[-1].kind != "ratio" else WIDE
        if rest and flat:
            nested = self.named(Value(items, SqlType("list", of=kind)))
            nulls = self.dialect.length(self.dialect.those(nested.sql, lambda v: f"{v} IS NULL"))
            return Value(f"(CASE WHEN {nulls} = 0 THEN flatten({nested.sql}) END)", kind)
        return Value(items, SqlType("list", of=kind))

    def _step_source(self, step: ir.Step, scope: Scope) -> Value:
        self.dialect.refuse_lists(step.at)
        found = self.meaning(step.source, scope)
        if isinstance(found, RangeValue):
            if found.operator is not None or not found.low_closed or not found.high_closed:
                raise NoForm("iterating over an open range", "遍历开区间", step.at)
            return self._counted(found.low, found.high, step)
        if not isinstance(found, Value):
            raise NoForm("iterating over a function", "遍历函数", step.at)
        if step.end is not None:
            return self._counted(found, self.value(step.end, scope), step)
        return found if found.type.kind == "list" else self._wrapped(found)

    def _counted(self, low: Value, high: Value, step: ir.Step) -> Value:
        if not (low.type.kind == high.type.kind == "fixed" and not low.type.scale and not high.type.scale):
            raise NoForm("counting from and to values that may be fractions", "对可能为小数的数计数", step.at)
        a, b = (self.named(Value(f"CAST({side.sql} AS BIGINT)", NULL, side.atomic)).sql for side in (low, high))
        whole = max(low.type.whole, high.type.whole)
        counted = f"(CASE WHEN {a} <= {b} THEN range({a}, {b} + 1) ELSE range({a}, {b} - 1, -1) END)"
        items = self.dialect.each(counted, lambda v: self.decimals.integer(v, whole).sql)
        return Value(items, SqlType("list", of=self.decimals.integer("0", whole).type))

    def _for(self, node: ir.For, scope: Scope) -> Value:
        if ir.mentions(node.body, node.partial.key):
            raise NoForm("partial", "partial（已得结果）", node.at)
        return self._looped(node.steps, scope, lambda bound: self.value(node.body, bound))

    def _quantified(self, node: ir.Quantified, scope: Scope) -> Value:
        truths = self._looped(node.steps, scope, lambda bound: self.as_truth(self.value(node.condition, bound)))
        return self.folded(truths, every=node.every)

    def folded(self, truths: Value, *, every: bool) -> Value:
        """Return whether all (or any) of a list of booleans are true, three-valued."""
        named = self.named(truths)
        stop, rest = ("FALSE", "TRUE") if every else ("TRUE", "FALSE")
        hits = self.dialect.length(self.dialect.those(named.sql, lambda v: f"{v} IS {stop}"))
        nulls = self.dialect.length(self.dialect.those(named.sql, lambda v: f"{v} IS NULL"))
        return Value(
            f"(CASE WHEN {hits} > 0 THEN {stop} WHEN {nulls} > 0 THEN NULL WHEN {named.sql} IS NOT NULL THEN {rest} END)",
            BOOLEAN,
        )

    # -- lists, contexts, ranges -----------------------------------------------------------------------------------

    def _list_of(self, node: ir.ListOf, scope: Scope) -> Value:
        return self.list_value([self.value(item, scope) for item in node.items], node.at)

    def _context_of(self, node: ir.ContextOf, scope: Scope) -> Meaning:
        bound = dict(scope)
        made: list[tuple[str, Meaning]] = []
        for variable, entry in node.entries:
            found = self._handy(self.meaning(entry, bound))
            bound[variable.key] = found
            made.append((variable.name, found))
        if node.result is not None:
            return self.meaning(node.result, bound)
        if any(not isinstance(found, Value) for _, found in made):
            raise NoForm("a range or function in a context", "上下文中的区间或函数", node.at)
        return self.context_value(made)  # type: ignore[arg-type]

    def _range_of(self, node: ir.RangeOf, scope: Scope) -> Meaning:
        ends = (self.value(node.low, scope), self.value(node.high, scope))
        low, high = (NULL_VALUE if end.constant is None else end for end in ends)
        families = {end.type.family for end in (low, high)}
        orderless = len(families) > 1 or not families <= set(ORDERED)
        if node.operator is None and NULL not in (low.type, high.type) and orderless:
            if all(end.constant is not NOT_CONSTANT for end in (low, high)):
                return NULL_VALUE
            raise NoForm("a range between values without an order", "两端无法比较的区间", node.at)
        return RangeValue(self.named(low), self.named(high), node.low_closed, node.high_closed, node.operator)

    # -- functions -------------------------------------------------------------------------------------------------

    def _lambda(self, node: ir.Lambda, scope: Scope) -> Meaning:
        return FunctionValue(node, scope)

    def _builtin_value(self, node: ir.BuiltinValue, _: Scope) -> Meaning:
        return BuiltinValue(node.name)

    def _call(self, node: ir.Call, scope: Scope) -> Meaning:
        function = self.meaning(node.function, scope)
        arguments = [self.meaning(argument, scope) for argument in node.arguments]
        return self.call(function, arguments, node.at)

    def call(self, function: Meaning, arguments: list[Meaning], at: tuple[int, int] = (0, 0)) -> Meaning:
        """Return the body of a function with its parameters bound."""
        if isinstance(function, BuiltinValue):
            made: Meaning = forms.call(self, function.name, arguments, at)
            return made
        if not isinstance(function, FunctionValue):
            return NULL_VALUE
        node: ir.Lambda = function.node
        if len(arguments) != len(node.parameters):
            return NULL_VALUE
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise NoForm("a recursive function", "递归函数", at)
        bound, lost = dict(function.scope), list[str]()
        for parameter, kind, argument in zip(node.parameters, node.types, arguments, strict=True):
            found = self._passed(argument, kind, lost, at)
            bound[parameter.key] = self._handy(found)
        result = self.meaning(node.body, bound)
        self._calls -= 1
        if node.result is not None:
            result = (
                self.convert(result, node.result) if isinstance(result, Value) else self.kept(result, node.result, at)
            )
        return self._unless(lost, result, at)

    def _passed(self, argument: Meaning, kind: Type | None, lost: list[str], at: tuple[int, int]) -> Meaning:
        """Return an argument as its parameter wants it; `lost` gets the condition of its being no such value."""
        if kind is None:
            return argument
        if not isinstance(argument, Value):
            found = self.kept(argument, kind, at)
            return found if found is not NULL_VALUE else self._never(lost)
        handy = self.named(argument)
        found = self.convert(handy, kind)
        if found is handy or argument.type == NULL:
            return found
        if found.type == NULL:
            lost.append(f"NOT {self.is_null(handy)}")
            return found
        named = self.named(found)
        lost.append(f"NOT {self.is_null(handy)} AND {self.is_null(named)}")
        return named

    def _never(self, lost: list[str]) -> Value:
        lost.append("TRUE")
        return NULL_VALUE

    def _unless(self, lost: list[str], result: Meaning, at: tuple[int, int]) -> Meaning:
        """Return the result of a call, null where an argument was not what its parameter wants."""
        if not lost or "TRUE" in lost:
            return NULL_VALUE if lost else result
        if not isinstance(result, Value):
            raise NoForm("a function of converted arguments that gives a range or function", "返回区间或函数的调用", at)
        if result.type == NULL:
            return result
        solid = self.decimals.as_wide(result) if result.parts is not None else result
        refused = " OR ".join(f"({condition})" for condition in lost)
        return Value(f"(CASE WHEN NOT ({refused}) THEN {solid.sql} END)", solid.type)

    def _named_call(self, node: ir.NamedCall, scope: Scope) -> Meaning:
        function = self.meaning(node.function, scope)
        arguments = {name: self.meaning(value, scope) for name, value in node.arguments}
        if isinstance(function, BuiltinValue):
            made: Meaning = forms.call_named(self, function.name, arguments, node.at)
            return made
        if not isinstance(function, FunctionValue):
            return NULL_VALUE
        names = [parameter.name for parameter in function.node.parameters]
        if set(names) != arguments.keys():
            return NULL_VALUE
        return self.call(function, [arguments[name] for name in names], node.at)

    def _builtin(self, node: ir.Builtin, scope: Scope) -> Meaning:
        arguments = [self.meaning(argument, scope) for argument in node.arguments]
        made: Meaning
        if node.names is None:
            made = forms.call(self, node.name, arguments, node.at)
        else:
            made = forms.call_named(self, node.name, dict(zip(node.names, arguments, strict=True)), node.at)
        return made

    def _table(self, node: ir.Table, scope: Scope) -> Meaning:
        return tables.table(self, node, scope)


Compiler.nodes = {
    ir.Const: Compiler._const,
    ir.Nothing: Compiler._nothing,
    ir.Var: Compiler._var,
    ir.ItemName: Compiler._item_name,
    ir.Member: Compiler._member,
    ir.Filter: Compiler._filter,
    ir.Arithmetic: Compiler._arithmetic,
    ir.Negative: Compiler._negative,
    ir.Compare: Compiler._compare,
    ir.Logic: Compiler._logic,
    ir.Between: Compiler._between,
    ir.Test: Compiler._test,
    ir.AnyOf: Compiler._any_of,
    ir.InstanceOf: Compiler._instance_of,
    ir.Convert: Compiler._convert,
    ir.If: Compiler._if,
    ir.For: Compiler._for,
    ir.Quantified: Compiler._quantified,
    ir.ListOf: Compiler._list_of,
    ir.ContextOf: Compiler._context_of,
    ir.RangeOf: Compiler._range_of,
    ir.Lambda: Compiler._lambda,
    ir.BuiltinValue: Compiler._builtin_value,
    ir.Call: Compiler._call,
    ir.NamedCall: Compiler._named_call,
    ir.Builtin: Compiler._builtin,
    ir.Table: Compiler._table,
}

__all__ = ["FALSE", "TRUE", "UNKNOWN", "Compiler", "family_of"]
