"""The door's `Decision`（决策）: one compiled rule that decides, explains, finds its gaps and writes itself as SQL."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from zhengtong.kit import Basis, Refused
from zhengtong.rules.core import ir
from zhengtong.rules.core.ir import Label
from zhengtong.rules.core.passes.constants import known_values
from zhengtong.rules.core.program import Input, Program
from zhengtong.rules.dmn.dated import DatedValue
from zhengtong.rules.dmn.from_xml import read_model
from zhengtong.rules.dmn.from_yaml import load_yaml, read_rulebook
from zhengtong.rules.dmn.link import link
from zhengtong.rules.explain import Explanation, explain
from zhengtong.rules.fast import row_decider, to_fast_closure
from zhengtong.rules.gaps import GapReport, find_gaps
from zhengtong.rules.run import Runner
from zhengtong.rules.to_sql import Columns, SqlQuery, to_sql
from zhengtong.rules.values import from_python, to_python, to_text

_PLAIN = ("Any", "string", "number", "boolean", "context")


@dataclass(frozen=True)
class Decision:
    """A decision（决策）compiled for one day and region."""

    name: str
    title: Label
    program: Program
    key: str
    digest: str
    basis: Basis | None = None
    parameters: tuple[DatedValue, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    regions: tuple[str, ...] = ()
    labels: dict[str, Label] = field(default_factory=dict)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs the decision speaks of, in the order of the model."""
        needed = {item.variable.key for item in self.program.inputs_for([self.key])}
        return tuple(item for key, item in self.program.inputs.items() if key in needed)

    @cached_property
    def _known(self) -> dict[str, Any]:
        return known_values(self.program)

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.program, lambda node: to_fast_closure(node, self._known))

    @cached_property
    def table(self) -> ir.Table | None:
        """The decision table the answer comes from, None when it is an expression."""
        node = self.program.definitions[self.key].node
        while isinstance(node, ir.Convert):
            node = node.value
        return node if isinstance(node, ir.Table) else None

    @cached_property
    def _decider(self) -> Callable[[Mapping[str, Any]], Any] | None:
        """The generated function of a plain table whose inputs need no conversion."""
        definition = self.program.definitions[self.key]
        if self.table is None or definition.type.allowed is not None or definition.type.kind not in _PLAIN:
            return None
        plain = {key: i.variable.name for key, i in self.program.inputs.items() if i.type.allowed is None}
        return row_decider(self.table, plain, self._known)

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {item.variable.name: key for key, item in self.program.inputs.items()}

    def values_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row as values of the FEEL domain by key; names that are no inputs are left out."""
        keys = self._keys
        return {keys[name]: from_python(value) for name, value in row.items() if name in keys}

    def decide(self, row: Mapping[str, Any]) -> Any:
        """Return what the rule decides for a row of JSON-like Python values; null is None, numbers are Decimal.

        An input the row does not hold is null.
        """
        decider = self._decider
        if decider is not None:
            answer = decider(row)
            if answer is not NotImplemented:
                return answer
        return to_python(self._runner.evaluate(self.key, self.values_of(row)))

    def decide_by_reference(self, row: Mapping[str, Any]) -> Any:
        """Return the same by the plain reference evaluator: slower, and what the fast path is tested against."""
        return to_python(Runner(self.program).evaluate(self.key, self.values_of(row)))

    def sql(self, dialect: str = "duckdb", *, source: str = "source", columns: Columns | None = None) -> SqlQuery:
        """Return the query that decides every row of a relation whose columns are the inputs.

        `columns` gives the columns' types by name as the engine names them (`DECIMAL(18, 2)`, `VARCHAR` …), or a `Column`
        with what more is known of the data: what cannot happen there is not asked in the query. Refuses
        `rules.sql.no-form`, naming the construct and its place, for what has no exact SQL form.
        """
        return to_sql(self.program, self.key, dialect=dialect, source=source, columns=columns)

    def explain(self, row: Mapping[str, Any], language: str = "zh") -> Explanation:
        """Return why the row is decided as it is: rules fired, values, basis, sentences in `zh` or `en`."""
        return explain(self, row, language)

    def gaps(self) -> GapReport:
        """Return the overlaps and holes of the decision's table; nothing when the decision is an expression."""
        return find_gaps(self.table, self._known) if self.table is not None else GapReport()


def compile_decision(
    source: str | bytes | Path | Mapping[str, Any],
    *,
    name: str | None = None,
    imports: Iterable[str | bytes | Path] = (),
    on: datetime.date | None = None,
    region: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> Decision:
    """Return the compiled decision of a DMN file or a YAML rule (path, text, bytes or parsed mapping).

    `name` picks the decision of a DMN model; left out, it is the one no other requires. `on` and `region` choose the
    parameter values in force; `parameters` replaces some, as for a simulated reform. Refuses `rules.syntax`, `rules.name`,
    `rules.dmn`, `rules.yaml`, `rules.parameter…`, `rules.decision.which`.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    if isinstance(content, Mapping) or not _is_xml(content):
        data = content if isinstance(content, Mapping) else load_yaml(content)
        return _from_rulebook(data, on, region, parameters)
    others = [read_model(other.read_bytes() if isinstance(other, Path) else other) for other in imports]
    program = link(read_model(content), others)
    chosen = name or _only_top(program)
    if chosen not in program.names:
        raise _which(program, chosen)
    raw = content.encode() if isinstance(content, str) else content
    return Decision(chosen, Label(chosen, chosen), program, program.names[chosen], hashlib.sha256(raw).hexdigest())


def _is_xml(content: str | bytes) -> bool:
    head = content[:200] if isinstance(content, str) else content[:200].decode("utf-8", "replace")
    return head.lstrip("\ufeff \t\r\n").startswith("<")


def _from_rulebook(
    data: Mapping[str, Any], on: datetime.date | None, region: str, parameters: Mapping[str, Any] | None
) -> Decision:
    book = read_rulebook(data, on=on, region=region, parameters=parameters)
    program = link(book.model)
    return Decision(
        book.id,
        book.title,
        program,
        program.names[book.id],
        _digest(data, book.parameters),
        book.basis,
        book.parameters,
        book.since,
        book.until,
        book.regions,
        book.labels,
    )


def _digest(data: Mapping[str, Any], parameters: tuple[DatedValue, ...]) -> str:
    """Return the SHA-256 of the rule and the parameter values in force: what a result must name to be run again."""
    parts = [repr(_sorted(data)), *(f"{value.name}={to_text(value.value)}@{value.since}" for value in parameters)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _sorted(data: Any) -> Any:
    if isinstance(data, Mapping):
        return [(str(key), _sorted(value)) for key, value in data.items()]
    return [_sorted(item) for item in data] if isinstance(data, list) else str(data)


def _only_top(program: Program) -> str:
    decisions = {key: item for key, item in program.definitions.items() if item.kind == "decision"}
    required = {needed for item in program.definitions.values() for needed in item.requires}
    top = [item.variable.name for key, item in decisions.items() if key not in required]
    if len(top) != 1:
        raise _which(program, "")
    return top[0]


def _which(program: Program, asked: str) -> Refused:
    names = "、".join(item.variable.name for item in program.definitions.values() if item.kind == "decision")
    return Refused(
        "rules.decision.which",
        f"模型里{'没有“' + asked + '”这个决策' if asked else '有多个决策'}。请用 name 指定其中之一：{names}。",
        f"The model has {'no decision `' + asked + '`' if asked else 'several decisions'}. Name one of: {names}.",
    )


def versions_in_force(
    sources: Iterable[Mapping[str, Any]], *, on: datetime.date, region: str = ""
) -> list[Mapping[str, Any]]:
    """Return the versions of a rule that apply on a day in a region, the most local and latest first."""
    found = []
    for data in sources:
        since, until = data.get("since"), data.get("until")
        regions = tuple(str(code) for code in data.get("regions") or ())
        start = since if isinstance(since, datetime.date) else datetime.date.fromisoformat(str(since or "0001-01-01"))
        end = until if isinstance(until, datetime.date) or until is None else datetime.date.fromisoformat(str(until))
        if DatedValue("", None, start, end, regions=regions).applies(on, region):
            found.append((max(map(len, regions), default=0), start, data))
    return [data for _, _, data in sorted(found, key=lambda entry: entry[:2], reverse=True)]
