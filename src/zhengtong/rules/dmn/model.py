"""The DMN model（决策模型）as it is written, before names are resolved: what XML and YAML both are read into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhengtong.rules.core.ir import NO_LABEL, Label


@dataclass(frozen=True, slots=True)
class Boxed:
    """What every boxed expression has: its declared type, if any."""

    type_ref: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Literal(Boxed):
    """A FEEL text; `language` is set when it is another language."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Constant(Boxed):
    """A value of the FEEL domain, known when the model is read: a parameter in force."""

    value: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A named part with its type: a context entry, a parameter binding, a relation's cell."""

    name: str
    type_ref: str | None
    expression: Boxed | None


@dataclass(frozen=True, slots=True)
class Context(Boxed):
    entries: tuple[Entry, ...]
    result: Boxed | None = None


@dataclass(frozen=True, slots=True)
class ListOf(Boxed):
    items: tuple[Boxed, ...]


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    columns: tuple[Entry, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    function: Boxed
    bindings: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Function(Boxed):
    """A function definition; `kind` is FEEL, Java or PMML."""

    parameters: tuple[Entry, ...]
    body: Boxed | None
    kind: str = "FEEL"


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    condition: Boxed
    then: Boxed
    otherwise: Boxed


@dataclass(frozen=True, slots=True)
class Filter(Boxed):
    source: Boxed
    match: Boxed


@dataclass(frozen=True, slots=True)
class For(Boxed):
    variable: str
    source: Boxed
    body: Boxed


@dataclass(frozen=True, slots=True)
class Quantified(Boxed):
    every: bool
    variable: str
    source: Boxed
    condition: Boxed


@dataclass(frozen=True, slots=True)
class Column:
    """An input column: its expression, label and allowed values."""

    expression: Boxed
    label: Label = NO_LABEL
    allowed: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output column."""

    name: str = ""
    label: Label = NO_LABEL
    type_ref: str | None = None
    values: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A rule: FEEL cells, and what stands beside it."""

    conditions: tuple[str, ...]
    outputs: tuple[Boxed, ...]
    label: Label = NO_LABEL
    annotations: tuple[str, ...] = ()
    basis: Any = None


@dataclass(frozen=True, slots=True)
class Table(Boxed):
    inputs: tuple[Column, ...]
    outputs: tuple[Output, ...]
    rows: tuple[Row, ...]
    hit_policy: str = "U"
    aggregation: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An item definition（类型定义）."""

    name: str
    type_ref: str | None = None
    collection: bool = False
    components: tuple[Item, ...] = ()
    allowed: str | None = None
    constraint: str | None = None
    function: tuple[tuple[Entry, ...], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """An input, parameter, decision, business knowledge model or decision service of a model (its `kind`)."""

    id: str
    name: str
    kind: str
    type_ref: str | None = None
    logic: Boxed | None = None
    requires: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One `definitions` element. `imports` maps the import's name to a namespace."""

    namespace: str
    name: str
    imports: tuple[tuple[str, str], ...] = ()
    items: tuple[Item, ...] = ()
    elements: tuple[Element, ...] = ()
