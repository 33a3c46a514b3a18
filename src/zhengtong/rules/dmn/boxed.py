"""Boxed expressions → IR（方框表达式）."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from zhengtong.kit import Refused
from zhengtong.rules.core import ir
from zhengtong.rules.core.types import ANY, Type
from zhengtong.rules.dmn import model
from zhengtong.rules.dmn.types import TypeTable
from zhengtong.rules.from_syntax import BUILTIN_NAMES, Resolver, Scope, fresh
from zhengtong.rules.syntax import NameTable, parse_expression, parse_unary_tests, tree


class Linker(Protocol):
    """What a boxed expression needs to know of its model."""

    members: NameTable
    strict: bool

    def type_table(self, space: str) -> TypeTable: ...

    def broken(self, refusal: Refused) -> ir.Node: ...


class BoxedResolver:
    """Resolves the boxed expressions of one model in one scope."""

    def __init__(self, linker: Linker, space: str, scope: Scope) -> None:
        self.linker, self.space, self.scope = linker, space, scope
        self.types = linker.type_table(space)
        self._tables = [NameTable(scope.all_names()), BUILTIN_NAMES]

    def inside(self, names: dict[str, ir.Node], item: ir.Var | None = None) -> BoxedResolver:
        """Return the resolver for what stands where `names` are visible too."""
        return BoxedResolver(self.linker, self.space, Scope(names, self.scope, item))

    def node(self, boxed: model.Boxed | None, expected: Type | None = None) -> ir.Node:
        """Return the IR; a declared type on the boxed expression itself is converted to."""
        if boxed is None:
            return ir.Nothing("an empty expression")
        made: ir.Node = _NODES[type(boxed)](self, boxed, expected)
        if boxed.type_ref and not isinstance(boxed, (model.Function, model.Table)):
            declared = self.types.get(boxed.type_ref)
            return made if declared == ANY and declared.allowed is None else ir.Convert(made, declared)
        return made

    def text(self, text: str) -> ir.Node:
        """Return the IR of a FEEL text."""
        if not text.strip():
            return ir.Nothing("an empty expression")
        return self._resolved(text, lambda resolver: self._expression(resolver, text))

    def _expression(self, resolver: Resolver, text: str) -> ir.Node:
        return resolver.expression(parse_expression(text, self._tables, [self.linker.members]), self.scope)

    def tests(self, text: str, value: ir.Node) -> ir.Node:
        """Return the IR of a cell: its tests on `value`."""
        if not text.strip():
            return ir.AnyOf(())
        return self._resolved(text, lambda resolver: resolver.unary_tests(self._cell(text), value, self.scope))

    def _cell(self, text: str) -> tree.UnaryTests:
        return parse_unary_tests(text, self._tables, [self.linker.members])

    def _resolved(self, text: str, resolve: Callable[[Resolver], ir.Node]) -> ir.Node:
        try:
            return resolve(Resolver(text, self.types.find, "refuse" if self.linker.strict else "null"))
        except Refused as refusal:
            return self.linker.broken(refusal)

    # -- one method per kind -------------------------------------------------------------------------------------

    def _literal(self, boxed: model.Literal, _: Type | None) -> ir.Node:
        return ir.Nothing(f"written in {boxed.language}") if boxed.language else self.text(boxed.text)

    def _constant(self, boxed: model.Constant, _: Type | None) -> ir.Node:
        return ir.Const(boxed.value)

    def _context(self, boxed: model.Context, _: Type | None) -> ir.Node:
        entries: list[tuple[ir.Var, ir.Node]] = []
        resolver = self
        for entry in boxed.entries:
            variable = fresh(entry.name)
            value = resolver._typed(entry.expression, entry.type_ref)
            entries.append((variable, value))
            resolver = resolver.inside({entry.name: variable})
        result = resolver.node(boxed.result) if boxed.result is not None else None
        return ir.ContextOf(tuple(entries), result)

    def _typed(self, boxed: model.Boxed | None, type_ref: str | None) -> ir.Node:
        declared = self.types.get(type_ref)
        made = self.node(boxed, declared)
        return ir.Convert(made, declared) if type_ref and declared != ANY else made

    def _list(self, boxed: model.ListOf, _: Type | None) -> ir.Node:
        return ir.ListOf(tuple(self.node(item) for item in boxed.items))

    def _relation(self, boxed: model.Relation, _: Type | None) -> ir.Node:
        rows = []
        for row in boxed.rows:
            cells = zip(boxed.columns, row, strict=False)
            rows.append(ir.ContextOf(tuple((fresh(c.name), self._typed(cell, c.type_ref)) for c, cell in cells)))
        return ir.ListOf(tuple(rows))

    def _invocation(self, boxed: model.Invocation, _: Type | None) -> ir.Node:
        function = self.node(boxed.function)
        names = tuple(binding.name for binding in boxed.bindings)
        values = tuple(self._typed(binding.expression, binding.type_ref) for binding in boxed.bindings)
        if isinstance(function, ir.BuiltinValue):
            return ir.Builtin(function.name, values, names)
        return ir.NamedCall(function, tuple(zip(names, values, strict=True)))

    def _function(self, boxed: model.Function, _: Type | None) -> ir.Node:
        return self.function(boxed, "function", self.types.get(boxed.type_ref) if boxed.type_ref else None)

    def function(self, boxed: model.Function, name: str, result: Type | None, *, shared: bool = False) -> ir.Node:
        """Return the function value of a definition; Java and PMML bodies have no meaning here."""
        if boxed.kind.upper() == "JAVA":
            names = tuple(parameter.name for parameter in boxed.parameters)
            kinds = tuple(self.types.find(parameter.type_ref) for parameter in boxed.parameters)
            return ir.External(names, kinds, self.node(boxed.body))
        if boxed.kind.upper() != "FEEL":
            return ir.Nothing(f"an external {boxed.kind} function")
        variables = tuple(fresh(parameter.name) for parameter in boxed.parameters)
        types = tuple(self.types.find(parameter.type_ref) for parameter in boxed.parameters)
        inner = self.inside({variable.name: variable for variable in variables})
        body = inner.node(boxed.body, result)
        declared = None if result is None or result.kind == "function" else result
        return ir.Lambda(name, variables, types, body, declared, shared)

    def _conditional(self, boxed: model.Conditional, _: Type | None) -> ir.Node:
        return ir.If(self.node(boxed.condition), self.node(boxed.then), self.node(boxed.otherwise))

    def _filter(self, boxed: model.Filter, _: Type | None) -> ir.Node:
        item = fresh("item")
        inner = BoxedResolver(
            self.linker, self.space, Scope({"item": ir.ItemName(item, "item", item)}, Scope({}, self.scope, item))
        )
        return ir.Filter(self.node(boxed.source), item, inner.node(boxed.match))

    def _for(self, boxed: model.For, _: Type | None) -> ir.Node:
        variable, partial = fresh(boxed.variable), fresh("partial")
        inner = self.inside({"partial": partial, boxed.variable: variable})
        return ir.For((ir.Step(variable, self.node(boxed.source), None),), inner.node(boxed.body), partial)

    def _quantified(self, boxed: model.Quantified, _: Type | None) -> ir.Node:
        variable = fresh(boxed.variable)
        inner = self.inside({boxed.variable: variable})
        step = ir.Step(variable, self.node(boxed.source), None)
        return ir.Quantified(boxed.every, (step,), inner.node(boxed.condition))

    # -- decision tables -----------------------------------------------------------------------------------------

    def _table(self, boxed: model.Table, expected: Type | None) -> ir.Node:
        inputs = tuple(self._column(column) for column in boxed.inputs)
        outputs = tuple(self._output(output, len(boxed.outputs), expected) for output in boxed.outputs)
        rules = tuple(self._row(row, inputs) for row in boxed.rows)
        return ir.Table("", inputs, outputs, rules, boxed.hit_policy, boxed.aggregation)

    def _column(self, column: model.Column) -> ir.TableInput:
        variable = fresh("?")
        allowed = self.tests(column.allowed, variable) if column.allowed and column.allowed.strip() else None
        text = column.expression.text if isinstance(column.expression, model.Literal) else ""
        return ir.TableInput(variable, column.label, self.node(column.expression), allowed, text)

    def _output(self, output: model.Output, count: int, expected: Type | None) -> ir.TableOutput:
        declared = self.types.find(output.type_ref)
        if declared is None and expected is not None:
            of = expected.of if expected.kind == "list" and expected.of else expected
            declared = of if count == 1 else of.field(output.name)
        priorities = self._priorities(output.values, declared)
        default = self.text(output.default) if output.default and output.default.strip() else None
        return ir.TableOutput(output.name, output.label, priorities, default, self.types.find(output.type_ref))

    def _priorities(self, values: str | None, declared: Type | None) -> tuple[ir.Node, ...]:
        """Return the output values in their order, taken from the type when the table does not list them."""
        allowed = self.tests(values, ir.Var("?", "?")) if values and values.strip() else declared and declared.allowed
        tests = allowed.tests if isinstance(allowed, ir.AnyOf) and not allowed.negated else ()
        return tuple(test.operand for test in tests if isinstance(test, ir.Test) and test.operator == "in")

    def _row(self, row: model.Row, inputs: tuple[ir.TableInput, ...]) -> ir.Rule:
        cells = (*row.conditions, *[""] * (len(inputs) - len(row.conditions)))
        conditions = tuple(self.tests(cell, column.variable) for cell, column in zip(cells, inputs, strict=False))
        outputs = tuple(self.node(value) for value in row.outputs)
        texts = (*cells, *(value.text if isinstance(value, model.Literal) else "" for value in row.outputs))
        return ir.Rule(conditions, outputs, row.label, row.annotations, row.basis, texts)


_NODES: dict[type, Any] = {
    model.Literal: BoxedResolver._literal,
    model.Constant: BoxedResolver._constant,
    model.Context: BoxedResolver._context,
    model.ListOf: BoxedResolver._list,
    model.Relation: BoxedResolver._relation,
    model.Invocation: BoxedResolver._invocation,
    model.Function: BoxedResolver._function,
    model.Conditional: BoxedResolver._conditional,
    model.Filter: BoxedResolver._filter,
    model.For: BoxedResolver._for,
    model.Quantified: BoxedResolver._quantified,
    model.Table: BoxedResolver._table,
}
