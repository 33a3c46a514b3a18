"""The intermediate representation（中间表示）: what both back-ends compile. A closed set of nodes, names resolved.

A variable is a `Var` with a key that is unique in its program, so that no back-end thinks about scopes. Every node keeps
its place (`at`, the span in its text) for refusals. A back-end that meets a node it has no form for must refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhengtong.rules.core.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has: its place in the text."""

    at: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Const(Node):
    """A value known now."""

    value: Any


@dataclass(frozen=True, slots=True)
class Var(Node):
    """The variable `key`; `name` is how the author wrote it. A key nobody bound is null."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ItemName(Node):
    """A bare name inside a filter: the entry `name` of the item if the item is a context that has it, else `outer`."""

    item: Var
    name: str
    outer: Node | None


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`base.name`: context entry, property, or the members of a list's items."""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`source[condition]` with the item bound to `item`: positions by a number, else the items where it is true."""

    source: Node
    item: Var
    condition: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left operator right` with + - * / **."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`left operator right` with = != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and`, or `or`, of two or more, three-valued."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test on `value`: `operator operand`, or with operator `in` that the value equals or lies in the operand.

    With operator `is true` the operand is a condition over `?` that must be true; with `holds` it is a condition that
    does not speak of the value: true unless the value is a boolean itself, else as `in`.
    """

    value: Node
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """True if a test is; with `negated` the opposite. No tests is `-`: true. `strict`: null counts as false."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Convert(Node):
    """The value as the declared type wants it, else null (a declared variable, parameter or result)."""

    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One iteration: `variable` takes each item of `source`, or each integer (or day) from `source` to `end`."""

    variable: Var
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """The results of `body` over all combinations of the steps; `partial` holds the results so far."""

    steps: tuple[Step, ...]
    body: Node
    partial: Var


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    steps: tuple[Step, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    """Entries bound one after the other; the value is the context, or `result` when there is one (boxed contexts)."""

    entries: tuple[tuple[Var, Node], ...]
    result: Node | None = None


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """A function value. `name` is for messages; `result` the declared result type.

    `shared`: the function belongs to a model, sees its definitions (itself among them) as they are when called.
    """

    name: str
    parameters: tuple[Var, ...]
    types: tuple[Type | None, ...]
    body: Node
    result: Type | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class External(Node):
    """A function whose body is a Java method: a context with `class` and `method signature`, known when evaluated."""

    parameters: tuple[str, ...]
    types: tuple[Type | None, ...]
    mapping: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A call of a function value."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NamedCall(Node):
    function: Node
    arguments: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Builtin(Node):
    """A call of a builtin that no variable hides; `names` are given when the arguments are named."""

    name: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class BuiltinValue(Node):
    """A builtin as a value, as in `sort(list, f)`."""

    name: str


@dataclass(frozen=True, slots=True)
class Label:
    """How people call a column, a rule or a decision, in Chinese and English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


NO_LABEL = Label("", "")


@dataclass(frozen=True, slots=True)
class TableInput(Node):
    """A column of a decision table: its expression, bound to `variable` (the `?` of its cells), and what it allows."""

    variable: Var
    label: Label
    expression: Node
    allowed: Node | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class TableOutput(Node):
    """An output column: name (empty for a single one), priorities (its allowed values in order), default and type."""

    name: str
    label: Label = NO_LABEL
    priorities: tuple[Node, ...] = ()
    default: Node | None = None
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class Rule(Node):
    """A row: one condition per input (AnyOf), one value per output, annotations, basis, and its cells as written."""

    conditions: tuple[Node, ...]
    outputs: tuple[Node, ...]
    label: Label = NO_LABEL
    annotations: tuple[str, ...] = ()
    basis: Any = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table(Node):
    """A decision table. `hit_policy` is U A P F R O C; `aggregation` is None, SUM, MIN, MAX or COUNT."""

    name: str
    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    rules: tuple[Rule, ...]
    hit_policy: str
    aggregation: str | None = None


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """Something without meaning, whose value is null; `reason` says why (an external function, a broken text)."""

    reason: str


def mentions(node: Any, key: str) -> bool:
    """Return whether the variable occurs anywhere inside."""
    if isinstance(node, Var):
        return node.key == key
    if isinstance(node, tuple):
        return any(mentions(item, key) for item in node)
    if isinstance(node, Node):
        return any(mentions(getattr(node, name), key) for name in type(node).__dataclass_fields__)
    return False
