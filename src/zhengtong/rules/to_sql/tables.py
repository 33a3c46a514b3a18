"""Decision tables in SQL（SQL 决策表）: one CASE per table, rows in the order their hit policy asks for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhengtong.rules.core import ir
from zhengtong.rules.core.passes.boxes import Boxes, boxes_of
from zhengtong.rules.to_sql.kinds import (
    NOT_CONSTANT,
    NULL,
    NULL_VALUE,
    WIDE,
    NoForm,
    SqlType,
    Value,
    fixed,
    has_kind,
    unify,
)
from zhengtong.rules.values.logic import equal

if TYPE_CHECKING:
    from zhengtong.rules.to_sql.compiler import Compiler

Scope = dict[str, Any]


def table(compiler: Compiler, node: ir.Table, scope: Scope) -> Value:
    """Return the answer of a decision table."""
    bound, allowed = _bind_inputs(compiler, node, scope)
    hits = _row_truths(compiler, node, bound)
    rows = [[compiler.value(output, bound) for output in rule.outputs] for rule in node.rules]
    answer = _POLICIES[node.hit_policy](compiler, node, bound, hits, rows)
    if not allowed or answer.type == NULL:
        made: Value = answer
        return made
    return Value(f"(CASE WHEN {' AND '.join(allowed)} THEN {answer.sql} END)", answer.type)


def columns(compiler: Compiler, node: ir.Table, scope: Scope) -> list[tuple[str, Value]] | None:
    """Return the named outputs of a table as one value each: faster than a context; None where they need one."""
    if len(node.outputs) < 2 or node.hit_policy not in "UF" or any(c.allowed is not None for c in node.inputs):
        return None
    bound, _ = _bind_inputs(compiler, node, scope)
    hits = _row_truths(compiler, node, bound)
    counted = node.hit_policy == "U" and len(hits) > 1 and not _disjoint(compiler, node)
    hits = _named_hits(compiler, hits)
    made = []
    for place, output in enumerate(node.outputs):
        single = replace(node, outputs=(output,))
        rows = [[compiler.value(rule.outputs[place], bound)] for rule in node.rules]
        answers, kind = _shaped(compiler, single, rows, bound)
        if len(hits) == 1:
            compiler.dialect.stages.only_where(hits[0], answers[0])
        chosen = _case(hits, answers)
        if counted:
            chosen = f"(CASE WHEN {_count(hits)} > 1 THEN NULL ELSE {chosen} END)"
        made.append((output.name, Value(chosen, kind)))
    return made


def _disjoint(compiler: Compiler, node: ir.Table) -> bool:
    from zhengtong.rules.gaps import rows_are_disjoint

    return rows_are_disjoint(node, compiler.known)


def _count(hits: list[str]) -> str:
    return " + ".join(f"CAST({hit} AS INTEGER)" for hit in hits)


def _bind_inputs(compiler: Compiler, node: ir.Table, scope: Scope) -> tuple[Scope, list[str]]:
    bound, allowed = dict(scope), list[str]()
    boxes = boxes_of(node, compiler.known)
    for place, column in enumerate(node.inputs):
        value = compiler.named(compiler.value(column.expression, bound))
        bound[column.variable.key] = value
        if column.allowed is not None and not _is_implied(node, place, boxes):
            allowed.append(f"({compiler.is_null(value)} OR {compiler.holds(column.allowed, bound)})")
    return bound, allowed


def _is_implied(node: ir.Table, column: int, boxes: Boxes | None) -> bool:
    """Return whether no row hits a value the column does not allow, and a table without a hit answers null anyway."""
    single = node.hit_policy in "UFAP" and all(output.default is None for output in node.outputs)
    if boxes is None or not single:
        return False
    axis, place = next((axis, place) for place, axis in enumerate(boxes.axes) if column in axis.columns)
    fits = axis.domain | 1 << axis.null_piece
    return all(row is not None and not row[place] & ~fits for row in boxes.rows)


def _row_truths(compiler: Compiler, node: ir.Table, scope: Scope) -> list[str]:
    """Return the rows' truths; where the first hit decides, without what the rows before leave no question of."""
    hits = [_row_truth(compiler, rule, scope) for rule in node.rules]
    if node.hit_policy != "F" and not (node.hit_policy == "U" and _disjoint(compiler, node)):
        return hits
    boxes = boxes_of(node, compiler.known)
    for place, axis in enumerate(boxes.axes if boxes is not None else ()):
        shorter = _upper_ends(compiler, boxes, place, scope[node.inputs[axis.columns[0]].variable.key])  # type: ignore[arg-type]
        hits = [new or old for new, old in zip(shorter, hits, strict=True)]
    return hits


def _upper_ends(compiler: Compiler, boxes: Boxes, place: int, value: Value) -> list[str | None]:
    """Return for each row that asks one axis only, all below it being taken by rows before, its upper end; else None."""
    axis, taken, ends = boxes.axes[place], 0, list[str | None]()
    only_this = True
    for row in boxes.rows:
        only_this = (
            only_this
            and row is not None
            and all(
                pieces == other.everything
                for n, (pieces, other) in enumerate(zip(row, boxes.axes, strict=True))
                if n != place
            )
        )
        pieces = row[place] if row is not None else 0
        low, top = (pieces & -pieces).bit_length() - 1, pieces.bit_length() - 1
        below = (1 << max(low, 0)) - 1
        is_run = pieces > 0 and pieces + (1 << low) == 1 << (top + 1) and top < axis.null_piece - 1
        if only_this and is_run and taken and taken & below == below:
            cut = compiler.constant(axis.cuts[top // 2])
            ends.append(compiler.compare("<=" if top % 2 else "<", value, cut).sql)
        else:
            ends.append(None)
        taken |= pieces
    return ends


def _row_truth(compiler: Compiler, rule: ir.Rule, scope: Scope) -> str:
    cells = [cell for cell in rule.conditions if not (isinstance(cell, ir.AnyOf) and not cell.tests)]
    return " AND ".join(compiler.holds(cell, scope) for cell in cells) or "TRUE"


def _shaped(compiler: Compiler, node: ir.Table, rows: list[list[Value]], scope: Scope) -> tuple[list[str], SqlType]:
    """Return each row's answer, in the one type of all, the default's (which stands last) included."""
    defaults = [compiler.value(o.default, scope) if o.default is not None else NULL_VALUE for o in node.outputs]
    has_default = any(output.default is not None for output in node.outputs)
    everything = [*rows, defaults]
    kinds = [
        _solid(unify([row[place].type for row in everything], f"the output {output.name}".strip()))
        for place, output in enumerate(node.outputs)
    ]
    fitted = [[compiler.fit(value, kind).sql for value, kind in zip(row, kinds, strict=True)] for row in everything]
    if len(node.outputs) == 1:
        return [*(row[0] for row in fitted[:-1]), fitted[-1][0] if has_default else "NULL"], kinds[0]
    compiler.dialect.refuse_lists()
    kind = SqlType("context", fields=tuple((o.name, k) for o, k in zip(node.outputs, kinds, strict=True)))
    names = [output.name for output in node.outputs]
    packed = [compiler.dialect.context(list(zip(names, row, strict=True))) for row in fitted]
    return [*packed[:-1], packed[-1] if has_default else "NULL"], kind


def _solid(kind: SqlType) -> SqlType:
    return WIDE if kind.kind == "ratio" else kind


def _case(hits: list[str], answers: list[str]) -> str:
    """Return the answer of the first row that hits, else the last answer; none stands behind a row that always hits."""
    if "TRUE" in hits:
        last = hits.index("TRUE")
        hits, answers = hits[:last], answers[: last + 1]
    arms = " ".join(f"WHEN {hit} THEN {answer}" for hit, answer in zip(hits, answers, strict=False))
    return f"(CASE {arms} ELSE {answers[len(hits)]} END)" if hits else answers[-1]


def _first(compiler: Compiler, node: ir.Table, scope: Scope, hits: list[str], rows: list[list[Value]]) -> Value:
    answers, kind = _shaped(compiler, node, rows, scope)
    default = node.outputs[0].default
    last = "TRUE" in hits or (default is not None and compiler.value(default, scope).never_null)
    sure = last and len(node.outputs) == 1 and all(row[0].never_null for row in rows)
    return Value(_case(hits, answers), kind, sure=sure)


def _named_hits(compiler: Compiler, hits: list[str]) -> list[str]:
    """Return the rows' truths as columns that can be counted; a CASE asks its conditions only as far as it must."""
    truths = [f"(CASE WHEN {hit} THEN TRUE ELSE FALSE END)" for hit in hits]
    return truths if compiler.dialect.stages.depth else [compiler.dialect.stages.name(truth) for truth in truths]


def _unique(compiler: Compiler, node: ir.Table, scope: Scope, hits: list[str], rows: list[list[Value]]) -> Value:
    """More than one hit is an error, hence null; rows that can never overlap need no counting."""
    if len(hits) < 2 or _disjoint(compiler, node):
        return _first(compiler, node, scope, hits, rows)
    named = _named_hits(compiler, hits)
    answers, kind = _shaped(compiler, node, rows, scope)
    return Value(f"(CASE WHEN {_count(named)} > 1 THEN NULL ELSE {_case(named, answers)} END)", kind)


def _any(compiler: Compiler, node: ir.Table, scope: Scope, hits: list[str], rows: list[list[Value]]) -> Value:
    """All rows that hit must answer the same, else null."""
    answers, kind = _shaped(compiler, node, rows, scope)
    if len(hits) < 2:
        return Value(_case(hits, answers), kind)
    named = _named_hits(compiler, hits)
    first = compiler.named(Value(_case(named, answers), kind))
    if has_kind(kind, ("wide",)):
        raise NoForm("comparing quotients between rows", "各行商的比较")
    same = [
        f"(NOT {hit} OR {compiler.dialect.same(answer, first.sql)})"
        for hit, answer in zip(named, answers, strict=False)
    ]
    return Value(f"(CASE WHEN {' AND '.join(same)} THEN {first.sql} END)", kind)


def _ranks(compiler: Compiler, node: ir.Table, scope: Scope, rows: list[list[Value]]) -> list[int]:
    """Return the rows' numbers by priority: their outputs' places among the output values, all known now."""
    orders = [[compiler.value(priority, scope).constant for priority in output.priorities] for output in node.outputs]

    def rank(number: int) -> tuple[int, ...]:
        places = []
        for value, order in zip(rows[number], orders, strict=True):
            if order and value.constant is NOT_CONSTANT:
                raise NoForm("priorities of computed outputs", "计算得出的输出的优先级")
            places.append(next((place for place, one in enumerate(order) if equal(value.constant, one)), len(order)))
        return tuple(places)

    return sorted(range(len(rows)), key=rank)


def _priority(compiler: Compiler, node: ir.Table, scope: Scope, hits: list[str], rows: list[list[Value]]) -> Value:
    order = _ranks(compiler, node, scope, rows)
    return _first(compiler, node, scope, [hits[n] for n in order], [rows[n] for n in order])


def _output_order(compiler: Compiler, node: ir.Table, scope: Scope, hits: list[str], rows: list[list[Value]]) -> Value:
    order = _ranks(compiler, node, scope, rows)
    return _listed(compiler, node, scope, [hits[n] for n in order], [rows[n] for n in order])


def _listed(compiler: Compiler, node: ir.Table, scope: Scope, hits: list[str], rows: list[list[Value]]) -> Value:
    """Return the answers of all rows that hit, in order; the default, or an empty list, when none does."""
    dialect = compiler.dialect
    dialect.refuse_lists()
    answers, kind = _shaped(compiler, node, rows, scope)
    named = _named_hits(compiler, hits)
    of = SqlType("list", of=kind)
    empty = f"CAST([] AS {dialect.type(of)})"
    parts = [f"(CASE WHEN {hit} THEN [{answer}] ELSE {empty} END)" for hit, answer in zip(named, answers, strict=False)]
    joined = parts[0]
    for part in parts[1:]:
        joined = f"list_concat({joined}, {part})"
    if answers[-1] != "NULL":
        joined = f"(CASE WHEN {' OR '.join(named)} THEN {joined} ELSE [{answers[-1]}] END)"
    return Value(joined, of)


def _collect(compiler: Compiler, node: ir.Table, scope: Scope, hits: list[str], rows: list[list[Value]]) -> Value:
    if node.aggregation is None:
        return _listed(compiler, node, scope, hits, rows)
    if len(node.outputs) > 1 and node.aggregation != "COUNT":
        raise NoForm("aggregating several outputs", "多个输出的汇总")
    total = _aggregated(compiler, node, hits, rows)
    default = node.outputs[0].default
    if default is None or len(node.outputs) > 1:
        return total
    fallback = compiler.value(default, scope)
    kind = unify([total.type, fallback.type], "the outputs")
    none = f"NOT ({' OR '.join(_named_hits(compiler, hits))})"
    return Value(
        f"(CASE WHEN {none} THEN {compiler.fit(fallback, kind).sql} ELSE {compiler.fit(total, kind).sql} END)", kind
    )


def _aggregated(compiler: Compiler, node: ir.Table, hits: list[str], rows: list[list[Value]]) -> Value:
    """Return sum, least, greatest or number of the answers of the rows that hit."""
    named = _named_hits(compiler, hits)
    none = f"(NOT ({' OR '.join(named)}))"
    if node.aggregation == "COUNT":
        return compiler.decimals.integer(f"({_count(named)})", 6)
    kind = _solid(unify([row[0].type for row in rows], "the outputs"))
    values = [compiler.named(compiler.fit(row[0], kind)) for row in rows]
    nulls = " OR ".join(f"({hit} AND {compiler.is_null(value)})" for hit, value in zip(named, values, strict=True))
    if kind.kind == "wide":
        raise NoForm("aggregating quotients", "商的汇总")
    if node.aggregation != "SUM":
        function = "least" if node.aggregation == "MIN" else "greatest"
        picked = ", ".join(f"CASE WHEN {hit} THEN {v.sql} END" for hit, v in zip(named, values, strict=True))
        return Value(f"(CASE WHEN {none} OR {nulls} THEN NULL ELSE {function}({picked}) END)", kind)
    if kind.kind != "fixed":
        raise NoForm("summing what is no number", "非数值求和")
    wider = fixed(kind.whole + len(str(len(rows))), kind.scale)
    zero = compiler.decimals.as_fixed(compiler.decimals.constant(Decimal(0)), wider).sql
    parts = [
        f"(CASE WHEN {hit} THEN {compiler.decimals.as_fixed(v, wider).sql} ELSE {zero} END)"
        for hit, v in zip(named, values, strict=True)
    ]
    return Value(f"(CASE WHEN {none} OR {nulls} THEN NULL ELSE {' + '.join(parts)} END)", wider)


_POLICIES: dict[str, Any] = {
    "U": _unique,
    "A": _any,
    "F": _first,
    "P": _priority,
    "O": _output_order,
    "R": _listed,
    "C": _collect,
}
