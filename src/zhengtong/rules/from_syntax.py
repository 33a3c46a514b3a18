"""Tree → IR（名称解析）: every name becomes a variable with a unique key, a builtin, or a refusal."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from zhengtong.kit import Refused
from zhengtong.rules.builtins import BUILTINS, call_builtin
from zhengtong.rules.core import ir
from zhengtong.rules.core.types import ANY, SPELLINGS, Type
from zhengtong.rules.syntax import NameTable, tree
from zhengtong.rules.syntax.errors import place_of

_KEYS = count(1)
#: names every text may use without declaring them: those of builtins that hold spaces
BUILTIN_NAMES = NameTable(BUILTINS)


def fresh(name: str) -> ir.Var:
    """Return a new variable; its key is used nowhere else."""
    return ir.Var(f"{name}·{next(_KEYS)}", name)


class Scope:
    """The names visible at one place（作用域）, innermost first; a filter's item opens a scope of unknown names."""

    __slots__ = ("item", "names", "outer")

    def __init__(
        self, names: dict[str, ir.Node] | None = None, outer: Scope | None = None, item: ir.Var | None = None
    ) -> None:
        self.names = names or {}
        self.outer = outer
        self.item = item

    def find(self, name: str) -> ir.Node | None:
        """Return what a name means: a node, or None when nobody declared it."""
        if name in self.names:
            return self.names[name]
        meant = self.outer.find(name) if self.outer else None
        if self.item is not None:
            return ir.ItemName(self.item, name, meant)
        return meant

    def all_names(self) -> list[str]:
        inherited = self.outer.all_names() if self.outer else []
        return [*self.names, *inherited]


class Resolver:
    """Turns trees of one text into IR. `types` finds item definitions by name; `unknown` decides on unknown names."""

    def __init__(
        self,
        text: str = "",
        types: Callable[[str], Type | None] = SPELLINGS.get,
        unknown: str = "null",
    ) -> None:
        self.text, self.types, self.unknown = text, types, unknown

    def expression(self, node: tree.Node, scope: Scope) -> ir.Node:
        """Return the IR of a tree."""
        made: ir.Node = _EXPRESSIONS[type(node)](self, node, scope)
        return made

    def unary_tests(self, node: tree.UnaryTests, value: ir.Node, scope: Scope) -> ir.AnyOf:
        """Return the IR of a cell, its tests applied to `value` (which they may call `?`)."""
        inner = Scope({"?": value}, scope)
        tests = tuple(self.test(test, value, inner, in_cell=True) for test in node.tests)
        return ir.AnyOf(tests, node.negated, at=node.span)

    def test(self, node: tree.Node, value: ir.Node, scope: Scope, *, in_cell: bool = False) -> ir.Test:
        """Return one unary test on `value`; in a cell a condition of its own, such as `age > 3`, may simply hold."""
        if isinstance(node, tree.Comparison):
            return ir.Test(value, node.operator, self.expression(node.operand, scope), at=node.span)
        operand = self.expression(node, scope)
        operator = "is true" if mentions_input(node) else "in"
        if in_cell and operator == "in" and _is_condition(node) and not isinstance(operand, ir.Const):
            operator = "holds"
        return ir.Test(value, operator, operand, at=node.span)

    def type(self, node: tree.TypeNode) -> Type:
        """Return the type a text writes; an unknown one is refused."""
        if node.name in ("list", "range") and node.arguments:
            return Type(node.name, of=self.type(node.arguments[0]))
        if node.name == "context" and node.fields:
            return Type("context", fields=tuple((name, self.type(of)) for name, of in node.fields))
        if node.name == "function" and (node.result or node.arguments):
            parameters = tuple(self.type(argument) for argument in node.arguments)
            return Type("function", parameters=parameters, result=self.type(node.result) if node.result else ANY)
        found = self.types(node.name)
        if found is None:
            raise self._refuse("rules.type", node, f"没有“{node.name}”这个类型。", f"There is no type `{node.name}`.")
        return found

    # -- one method per kind of node -------------------------------------------------------------------------------

    def _literal(self, node: tree.Literal, _: Scope) -> ir.Node:
        return ir.Const(node.value, at=node.span)

    def _name(self, node: tree.Name, scope: Scope) -> ir.Node:
        found = scope.find(node.name)
        if found is not None and not _only_item(found):
            return found
        if found is None and node.name in BUILTINS:
            return ir.BuiltinValue(node.name, at=node.span)
        if isinstance(found, ir.ItemName):
            return _with_outermost(found, ir.Var(node.name, node.name)) if self.unknown == "free" else found
        if self.unknown == "free":
            return ir.Var(node.name, node.name, at=node.span)
        if self.unknown == "null":
            return ir.Nothing(f"unknown name `{node.name}`", at=node.span)
        near = difflib.get_close_matches(node.name, scope.all_names(), 3)
        hint_zh = f"是否指{'、'.join(near)}？" if near else f"可用的名称：{'、'.join(scope.all_names()[:12]) or '无'}。"
        hint_en = (
            f"Did you mean {', '.join(near)}?" if near else f"Known: {', '.join(scope.all_names()[:12]) or 'none'}."
        )
        raise self._refuse(
            "rules.name",
            node,
            f"没有“{node.name}”这个名称。{hint_zh}",
            f"There is no name `{node.name}`. {hint_en}",
        )

    def _member(self, node: tree.Member, scope: Scope) -> ir.Node:
        return ir.Member(self.expression(node.base, scope), node.name, at=node.span)

    def _filter(self, node: tree.Filter, scope: Scope) -> ir.Node:
        item = fresh("item")
        inner = Scope({"item": ir.ItemName(item, "item", item)}, Scope({}, scope, item))
        return ir.Filter(
            self.expression(node.source, scope), item, self.expression(node.condition, inner), at=node.span
        )

    def _call(self, node: tree.Call, scope: Scope) -> ir.Node:
        arguments = tuple(self.expression(argument, scope) for argument in node.arguments)
        builtin = self._builtin_of(node.function, scope)
        if builtin:
            return _literal_value(builtin, arguments, node) or ir.Builtin(builtin, arguments, at=node.span)
        return ir.Call(self.expression(node.function, scope), arguments, at=node.span)

    def _named_call(self, node: tree.NamedCall, scope: Scope) -> ir.Node:
        arguments = tuple((name, self.expression(value, scope)) for name, value in node.arguments)
        names = tuple(name for name, _ in arguments)
        if len(set(names)) < len(names):
            return ir.Nothing("an argument is named twice", at=node.span)
        builtin = self._builtin_of(node.function, scope)
        if builtin:
            return ir.Builtin(builtin, tuple(value for _, value in arguments), names, at=node.span)
        return ir.NamedCall(self.expression(node.function, scope), arguments, at=node.span)

    def _builtin_of(self, node: tree.Node, scope: Scope) -> str | None:
        if not isinstance(node, tree.Name) or node.name not in BUILTINS:
            return None
        found = scope.find(node.name)
        return node.name if found is None or _only_item(found) else None

    def _negative(self, node: tree.Negative, scope: Scope) -> ir.Node:
        return ir.Negative(self.expression(node.operand, scope), at=node.span)

    def _binary(self, node: tree.Binary, scope: Scope) -> ir.Node:
        kind = ir.Arithmetic if node.operator in ("+", "-", "*", "/", "**") else ir.Compare
        return kind(node.operator, self.expression(node.left, scope), self.expression(node.right, scope), at=node.span)

    def _logic(self, node: tree.Logic, scope: Scope) -> ir.Node:
        return ir.Logic(node.operator, tuple(self.expression(part, scope) for part in node.operands), at=node.span)

    def _between(self, node: tree.Between, scope: Scope) -> ir.Node:
        parts = (self.expression(part, scope) for part in (node.value, node.low, node.high))
        return ir.Between(*parts, at=node.span)

    def _in(self, node: tree.In, scope: Scope) -> ir.Node:
        value = self.expression(node.value, scope)
        tests = tuple(self.test(test, value, scope) for test in node.tests)
        return tests[0] if len(tests) == 1 else ir.AnyOf(tests, at=node.span)

    def _instance_of(self, node: tree.InstanceOf, scope: Scope) -> ir.Node:
        return ir.InstanceOf(self.expression(node.value, scope), self.type(node.type), at=node.span)

    def _if(self, node: tree.If, scope: Scope) -> ir.Node:
        parts = (self.expression(part, scope) for part in (node.condition, node.then, node.otherwise))
        return ir.If(*parts, at=node.span)

    def _steps(self, iterators: tuple[tree.Iterator, ...], scope: Scope) -> tuple[tuple[ir.Step, ...], Scope]:
        steps: list[ir.Step] = []
        for iterator in iterators:
            source = self.expression(iterator.source, scope)
            end = self.expression(iterator.end, scope) if iterator.end is not None else None
            variable = fresh(iterator.name)
            steps.append(ir.Step(variable, source, end, at=iterator.span))
            scope = Scope({iterator.name: variable}, scope)
        return tuple(steps), scope

    def _for(self, node: tree.For, scope: Scope) -> ir.Node:
        partial = fresh("partial")
        steps, inner = self._steps(node.iterators, Scope({"partial": partial}, scope))
        return ir.For(steps, self.expression(node.body, inner), partial, at=node.span)

    def _quantified(self, node: tree.Quantified, scope: Scope) -> ir.Node:
        steps, inner = self._steps(node.iterators, scope)
        return ir.Quantified(node.every, steps, self.expression(node.condition, inner), at=node.span)

    def _list(self, node: tree.ListNode, scope: Scope) -> ir.Node:
        return ir.ListOf(tuple(self.expression(item, scope) for item in node.items), at=node.span)

    def _context(self, node: tree.ContextNode, scope: Scope) -> ir.Node:
        names = [name for name, _ in node.entries]
        if len(set(names)) < len(names):
            return ir.Nothing("a context has an entry twice", at=node.span)
        entries: list[tuple[ir.Var, ir.Node]] = []
        for name, value in node.entries:
            variable = fresh(name)
            entries.append((variable, self.expression(value, scope)))
            scope = Scope({name: variable}, scope)
        return ir.ContextOf(tuple(entries), at=node.span)

    def _range(self, node: tree.RangeNode, scope: Scope) -> ir.Node:
        low, high = self.expression(node.low, scope), self.expression(node.high, scope)
        return ir.RangeOf(low, high, node.low_closed, node.high_closed, at=node.span)

    def _comparison(self, node: tree.Comparison, scope: Scope) -> ir.Node:
        """A comparison as a value, `(< 10)`, is a range with one end."""
        operand, null = self.expression(node.operand, scope), ir.Const(None)
        below = node.operator in ("<", "<=")
        low, high = (null, operand) if below else (operand, null)
        closed = node.operator in ("<=", ">=", "=")
        return ir.RangeOf(low, high, not below and closed, below and closed, node.operator, at=node.span)

    def _function(self, node: tree.FunctionNode, scope: Scope) -> ir.Node:
        variables = tuple(fresh(name) for name, _ in node.parameters)
        types = tuple(self.type(kind) if kind else None for _, kind in node.parameters)
        if node.external:
            names = tuple(name for name, _ in node.parameters)
            mapping = ir.Member(self.expression(node.body, scope), "java", at=node.span)
            return ir.External(names, types, mapping, at=node.span)
        inner = Scope({variable.name: variable for variable in variables}, scope)
        return ir.Lambda("function", variables, types, self.expression(node.body, inner), at=node.span)

    def _refuse(self, code: str, node: tree.Node, zh: str, en: str) -> Refused:
        line, column = place_of(self.text, node.span[0])
        return Refused(
            code=code,
            zh=f"规则第 {line} 行第 {column} 列：{zh}",
            en=f"Line {line}, column {column}: {en}",
            facts={"line": line, "column": column, "text": self.text[:200]},
        )


_EXPRESSIONS: dict[type, Any] = {
    tree.Literal: Resolver._literal,
    tree.Name: Resolver._name,
    tree.Member: Resolver._member,
    tree.Filter: Resolver._filter,
    tree.Call: Resolver._call,
    tree.NamedCall: Resolver._named_call,
    tree.Negative: Resolver._negative,
    tree.Binary: Resolver._binary,
    tree.Logic: Resolver._logic,
    tree.Between: Resolver._between,
    tree.In: Resolver._in,
    tree.InstanceOf: Resolver._instance_of,
    tree.If: Resolver._if,
    tree.For: Resolver._for,
    tree.Quantified: Resolver._quantified,
    tree.ListNode: Resolver._list,
    tree.ContextNode: Resolver._context,
    tree.RangeNode: Resolver._range,
    tree.Comparison: Resolver._comparison,
    tree.FunctionNode: Resolver._function,
}


def _with_outermost(found: ir.ItemName, outer: ir.Node) -> ir.ItemName:
    """Return the chain of items that may know the name, with `outer` behind the last."""
    inner = _with_outermost(found.outer, outer) if isinstance(found.outer, ir.ItemName) else outer
    return ir.ItemName(found.item, found.name, inner, at=found.at)


def _only_item(found: ir.Node) -> bool:
    """Return whether only a filter's item might know the name."""
    return isinstance(found, ir.ItemName) and (found.outer is None or _only_item(found.outer))


#: builtins whose call with a literal text is a literal itself
_LITERALS = ("date", "time", "date and time", "duration")
_CONDITIONS = (tree.Logic, tree.Between, tree.In, tree.Quantified, tree.InstanceOf, tree.Call, tree.NamedCall)


def _literal_value(name: str, arguments: tuple[ir.Node, ...], node: tree.Call) -> ir.Const | None:
    """Return the value of a call such as `date("2026-01-31")`, None when it is no literal."""
    if name not in _LITERALS or len(arguments) != 1:
        return None
    text = arguments[0]
    if not isinstance(text, ir.Const) or not isinstance(text.value, str):
        return None
    return ir.Const(call_builtin(name, [text.value]), at=node.span)


def _is_condition(node: tree.Node) -> bool:
    """Return whether an expression may give true or false by itself."""
    if isinstance(node, tree.Binary):
        return node.operator in ("=", "!=", "<", "<=", ">", ">=")
    return isinstance(node, _CONDITIONS)


def mentions_input(node: tree.Node) -> bool:
    """Return whether a cell's expression speaks of `?`, which makes it a condition rather than a value."""
    if isinstance(node, tree.Name):
        return node.name == "?"
    return any(mentions_input(child) for child in children(node))


def children(node: tree.Node) -> Iterable[tree.Node]:
    """Yield the nodes directly inside a node."""
    for name in type(node).__dataclass_fields__:
        yield from _nodes_in(getattr(node, name))


def _nodes_in(value: Any) -> Iterable[tree.Node]:
    if isinstance(value, tree.Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)
