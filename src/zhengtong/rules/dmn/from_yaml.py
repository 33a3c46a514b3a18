"""Decision tables in YAML → model（规则包里的决策表）.

id: minimum-living-allowance
title: {zh: 最低生活保障金, en: Minimum living allowance}
since: 2026-01-01                 # and `until`, `regions`: when and where this version applies
basis: {law: …, article: …}
types: {household: "context<income: number, size: number>"}
inputs:
  household income: number        # or {type: number, label: {zh: …, en: …}, allowed: ">= 0"}
parameters:
  poverty line: [{from: 2026-01-01, value: 1000, unit: yuan, basis: {…}, regions: ["990100"]}]
let:
  per person: household income / household size
table:                            # or `expression: FEEL`
  hit policy: first
  inputs: [{expression: per person, label: {zh: 人均收入, en: income per person}}]
  outputs: [{name: eligible, type: boolean}, {name: amount, type: number, default: "0"}]
  rules:
    - {when: ["< poverty line"], then: ["true", "poverty line - per person"], basis: {…}, text: {zh: …, en: …}}
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from zhengtong.kit import Basis, Refused
from zhengtong.rules.core.ir import NO_LABEL, Label
from zhengtong.rules.dmn import model
from zhengtong.rules.dmn.dated import DatedValue, as_day, basis_of, in_force, read_dated
from zhengtong.rules.dmn.from_xml import AGGREGATIONS, HIT_POLICIES
from zhengtong.rules.values import from_python

_KNOWN = frozenset(
    [
        "id",
        "title",
        "since",
        "until",
        "regions",
        "basis",
        "types",
        "inputs",
        "parameters",
        "let",
        "table",
        "expression",
        "description",
    ]
)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A decision as YAML declares it（规则）, its model made for one day and region."""

    id: str
    title: Label
    model: model.Model
    basis: Basis | None
    since: datetime.date | None
    until: datetime.date | None
    regions: tuple[str, ...]
    parameters: tuple[DatedValue, ...]
    labels: dict[str, Label]


def load_yaml(text: str | bytes) -> dict[str, Any]:
    """Return the mapping of a YAML text; refuses `rules.yaml` with the line."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise wrong(f"第 {line} 行不是 YAML", f"line {line} is not YAML", "请检查缩进和引号。", "Check it.") from error
    if not isinstance(data, dict):
        raise wrong("不是一个映射", "it is not a mapping", "请从 id: 开始写。", "Start with `id:`.")
    return data


def wrong(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Refused:
    """Return the refusal of a rule file that does not say what it must."""
    return Refused("rules.yaml", f"规则文件有误：{zh}。{remedy_zh}", f"The rule file is wrong: {en}. {remedy_en}")


def read_rulebook(
    data: Mapping[str, Any],
    *,
    on: datetime.date | None = None,
    region: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> Rulebook:
    """Return the decision in force on that day in that region.

    `on` defaults to the version's first day, or today. `parameters` replace or add dated values by name: a value, or a
    list of {from, value, …}.
    """
    _check_words(data)
    since, until = data.get("since"), data.get("until")
    day = on or (as_day(since) if since else datetime.datetime.now(datetime.UTC).date())
    chosen = list(_parameters(data, day, region, parameters or {}))
    elements = [*_inputs(data), *(_parameter(value) for value in chosen), *_steps(data)]
    requires: list[str] = []
    linked = []
    for element in elements:
        linked.append(_with_requirements(element, tuple(requires)))
        requires.append("#" + element.id)
    items = tuple(_items(data))
    name = str(data["id"])
    return Rulebook(
        id=name,
        title=_label(data.get("title"), name),
        model=model.Model(f"urn:zhengtong:rules:{name}", name, items=items, elements=tuple(linked)),
        basis=basis_of(data.get("basis")),
        since=as_day(since) if since else None,
        until=as_day(until) if until else None,
        regions=tuple(str(code) for code in data.get("regions") or ()),
        parameters=tuple(chosen),
        labels=_labels(data),
    )


def _labels(data: Mapping[str, Any]) -> dict[str, Label]:
    """Return how people call the inputs, parameters and steps."""
    return {
        str(name): _label(_of(spec, "label"), str(name))
        for section in ("inputs", "parameters", "let")
        for name, spec in (data.get(section) or {}).items()
    }


def _check_words(data: Mapping[str, Any]) -> None:
    unknown = [str(key) for key in data if key not in _KNOWN]
    if unknown:
        raise wrong(
            f"不认识“{unknown[0]}”", f"`{unknown[0]}` is unknown", "请删去或改正。", f"Use one of {sorted(_KNOWN)}."
        )
    if "id" not in data or ("table" in data) == ("expression" in data):
        raise wrong(
            "要有 id，并且 table 和 expression 二者取一",
            "it needs `id` and exactly one of `table` and `expression`",
            "请补上。",
            "Add it.",
        )


def _with_requirements(element: model.Element, requires: tuple[str, ...]) -> model.Element:
    from dataclasses import replace

    return replace(element, requires=requires) if element.kind == "decision" else element


def _of(spec: Any, key: str) -> Any:
    return spec.get(key) if isinstance(spec, Mapping) else None


def _label(data: Any, fallback: str = "") -> Label:
    if isinstance(data, Mapping):
        return Label(
            str(data.get("zh") or data.get("en") or fallback), str(data.get("en") or data.get("zh") or fallback)
        )
    text = str(data) if data is not None else fallback
    return Label(text, text) if text else NO_LABEL


def _text(value: Any) -> str:
    """Return the FEEL text of a YAML scalar: YAML reads true, 1 and dates as values, FEEL writes them so."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "-"
    if isinstance(value, datetime.date):
        return f'@"{value.isoformat()}"'
    return str(value)


def _items(data: Mapping[str, Any]) -> Iterator[model.Item]:
    for name, text in (data.get("types") or {}).items():
        spec = text if isinstance(text, Mapping) else {"type": text}
        yield model.Item(str(name), str(spec["type"]), allowed=spec.get("allowed"))
    for name, spec in (data.get("inputs") or {}).items():
        if _of(spec, "allowed") is not None:
            yield model.Item(f"input {name}", str(spec.get("type", "Any")), allowed=_text(spec["allowed"]))


def _inputs(data: Mapping[str, Any]) -> Iterator[model.Element]:
    for name, spec in (data.get("inputs") or {}).items():
        kind = spec.get("type", "Any") if isinstance(spec, Mapping) else spec
        type_ref = f"input {name}" if _of(spec, "allowed") is not None else str(kind)
        yield model.Element(f"input:{name}", str(name), "input", type_ref)


def _parameters(
    data: Mapping[str, Any], day: datetime.date, region: str, given: Mapping[str, Any]
) -> Iterator[DatedValue]:
    declared = dict(data.get("parameters") or {})
    for name in dict.fromkeys([*declared, *given]):
        entry = given.get(name, declared.get(name))
        if isinstance(entry, Mapping) and "values" in entry:
            entry = entry["values"]
        if isinstance(entry, Mapping) or (isinstance(entry, list) and entry and isinstance(entry[0], Mapping)):
            yield in_force(name, read_dated(name, entry), day, region)
        elif name in given:
            yield DatedValue(name, from_python(entry), day)
        else:
            read_dated(name, entry)


def _parameter(value: DatedValue) -> model.Element:
    return model.Element(f"parameter:{value.name}", value.name, "parameter", None, model.Constant(value.value))


def _steps(data: Mapping[str, Any]) -> Iterator[model.Element]:
    for name, spec in (data.get("let") or {}).items():
        yield _decision(str(name), spec)
    yield _decision(str(data["id"]), data["table"] if "table" in data else data["expression"])


def _decision(name: str, spec: Any) -> model.Element:
    logic: model.Boxed
    if isinstance(spec, Mapping) and "rules" in spec:
        logic = _table(name, spec)
    elif isinstance(spec, Mapping):
        logic = model.Literal(_text(spec.get("expression")))
    else:
        logic = model.Literal(_text(spec))
    return model.Element(f"decision:{name}", name, "decision", _of(spec, "type"), logic)


def _table(name: str, spec: Mapping[str, Any]) -> model.Table:
    policy = str(spec.get("hit policy", "unique")).upper()
    aggregation = spec.get("aggregation")
    if policy not in HIT_POLICIES or (aggregation is not None and str(aggregation).upper() not in AGGREGATIONS):
        raise wrong(
            f"“{name}”的命中策略不认识",
            f"the hit policy of `{name}` is unknown",
            f"可用：{'、'.join(p.lower() for p in HIT_POLICIES)}。",
            f"Use one of {', '.join(p.lower() for p in HIT_POLICIES)}.",
        )
    columns = [_column(column) for column in spec.get("inputs", ())]
    outputs = [_output(output) for output in spec.get("outputs", ({},))]
    keys = [column.expression.text for column in columns if isinstance(column.expression, model.Literal)]
    rows = tuple(
        _row(name, place, row, keys, [output.name for output in outputs]) for place, row in enumerate(spec["rules"], 1)
    )
    return model.Table(
        tuple(columns), tuple(outputs), rows, HIT_POLICIES[policy], str(aggregation).upper() if aggregation else None
    )


def _column(spec: Any) -> model.Column:
    if not isinstance(spec, Mapping):
        spec = {"expression": spec}
    text = _text(spec.get("expression"))
    allowed = spec.get("allowed")
    return model.Column(
        model.Literal(text), _label(spec.get("label"), text), None if allowed is None else _text(allowed)
    )


def _output(spec: Any) -> model.Output:
    if not isinstance(spec, Mapping):
        spec = {"name": spec}
    values, default = spec.get("values"), spec.get("default")
    listed = ", ".join(_text(value) for value in values) if isinstance(values, list) else values
    name = str(spec.get("name", ""))
    return model.Output(
        name, _label(spec.get("label"), name), spec.get("type"), listed, None if default is None else _text(default)
    )


def _row(name: str, place: int, row: Mapping[str, Any], keys: list[str], outputs: list[str]) -> model.Row:
    when, then = row.get("when", ()), row.get("then")
    cells = [_text(when.get(key)) for key in keys] if isinstance(when, Mapping) else [_text(cell) for cell in when]
    if isinstance(when, Mapping) and not set(when) <= set(keys):
        extra = sorted(set(map(str, when)) - set(keys))[0]
        raise wrong(
            f"“{name}”第 {place} 行的 when 里没有“{extra}”这一列",
            f"row {place} of `{name}` has a `when` for `{extra}`, which is no column",
            "请改成列的表达式。",
            "Use a column's expression.",
        )
    if isinstance(then, Mapping):
        values = [_text(then.get(output)) for output in outputs]
    else:
        values = [_text(value) for value in (then if isinstance(then, list) else [then])]
    if len(values) != len(outputs) or (not isinstance(when, Mapping) and len(cells) > len(keys)):
        raise wrong(
            f"“{name}”第 {place} 行的格数与列数不一致",
            f"row {place} of `{name}` does not have one cell per column",
            "请补齐或删去。",
            "Make them match.",
        )
    values = ["null" if value == "-" else value for value in values]
    return model.Row(
        tuple(cells),
        tuple(model.Literal(value) for value in values),
        _label(row.get("text")),
        (),
        basis_of(row.get("basis")),
    )
