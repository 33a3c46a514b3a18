"""Types of FEEL（类型）: a closed set, conformance (DMN 1.5, 10.3.2.9.2) and implicit conversion (10.3.2.9.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhengtong.rules.values.domain import Function, Range, kind_of
from zhengtong.rules.values.temporal import Date, DateTime, Time

#: the kinds a type can have; the first eight are simple
SIMPLE = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "years and months duration",
    "days and time duration",
)
KINDS = (*SIMPLE, "Any", "Null", "list", "context", "range", "function")


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `of` is the item type of a list or range, `fields` of a context (None: any), `result` of a function.

    `allowed` is the compiled constraint of an item definition (an IR test over `?`), `elements_allowed` the one on the
    items of a collection; both None when anything goes. `name` is the item definition's.
    """

    kind: str
    of: Type | None = None
    fields: tuple[tuple[str, Type], ...] | None = None
    parameters: tuple[Type, ...] | None = None
    result: Type | None = None
    allowed: Any = field(default=None, compare=False)
    name: str = field(default="", compare=False)

    def __str__(self) -> str:
        if self.kind in ("list", "range") and self.of:
            return f"{self.kind}<{self.of}>"
        if self.kind == "context" and self.fields is not None:
            return "context<" + ", ".join(f"{name}: {kind}" for name, kind in self.fields) + ">"
        return self.kind

    def field(self, name: str) -> Type | None:
        """Return the type of a context's field, None when it is not declared."""
        return next((kind for key, kind in self.fields or () if key == name), None)


ANY, NULL = Type("Any"), Type("Null")
NUMBER, STRING, BOOLEAN = Type("number"), Type("string"), Type("boolean")
DATE, TIME, DATE_TIME = Type("date"), Type("time"), Type("date and time")
MONTHS, NANOS = Type("years and months duration"), Type("days and time duration")

#: spellings of the built-in types, among them those of DMN 1.1 and of XML Schema
SPELLINGS: dict[str, Type] = {
    **{kind: Type(kind) for kind in SIMPLE},
    "Any": ANY,
    "any": ANY,
    "Null": NULL,
    "dateTime": DATE_TIME,
    "date time": DATE_TIME,
    "dayTimeDuration": NANOS,
    "day time duration": NANOS,
    "days and time duration": NANOS,
    "yearMonthDuration": MONTHS,
    "year month duration": MONTHS,
    "years and months duration": MONTHS,
    "duration": NANOS,
    "list": Type("list", of=ANY),
    "context": Type("context"),
    "range": Type("range", of=ANY),
    "function": Type("function"),
}


def type_of(value: Any) -> Type:
    """Return the most special type of a value."""
    kind = kind_of(value)
    if kind == "null":
        return NULL
    if kind == "list":
        return Type("list", of=common_type([type_of(item) for item in value]))
    if kind == "context":
        return Type("context", fields=tuple((name, type_of(item)) for name, item in value.items()))
    if kind == "range":
        return Type("range", of=type_of(value.low if value.low is not None else value.high))
    if kind == "function":
        return function_type(value)
    return SPELLINGS[kind]


def function_type(value: Function) -> Type:
    parameters = tuple(kind or ANY for kind in value.parameter_types) or (ANY,) * len(value.parameters)
    return Type("function", parameters=parameters, result=value.result_type or ANY)


def common_type(types: list[Type]) -> Type:
    """Return the one type all conform to: their own when equal (nulls aside), else Any."""
    solid = [kind for kind in types if kind != NULL]
    if not solid:
        return NULL if types else ANY
    return solid[0] if all(kind == solid[0] for kind in solid) else ANY


def is_instance(value: Any, target: Type) -> bool:
    """Return `value instance of target`; null is an instance of Null and of Any only."""
    if value is None:
        return target.kind in ("Null", "Any")
    return conforms(value, target)


def conforms(value: Any, target: Type) -> bool:
    """Return whether a value may stand where `target` is asked for; null may stand anywhere."""
    if value is None or target.kind == "Any":
        return True
    kind = kind_of(value)
    if kind != target.kind:
        return False
    if kind == "list":
        return target.of is None or all(conforms(item, target.of) for item in value)
    if kind == "context":
        return all(name in value and conforms(value[name], of) for name, of in target.fields or ())
    if kind == "range":
        return _range_conforms(value, target)
    if kind == "function":
        return target.result is None or type_conforms(function_type(value), target)
    return True


def _range_conforms(value: Range, target: Type) -> bool:
    of = target.of
    return of is None or (conforms(value.low, of) and conforms(value.high, of))


def type_conforms(source: Type, target: Type) -> bool:
    """Return whether every value of `source` is one of `target` (functions: contravariant in their parameters)."""
    if target.kind == "Any" or source.kind == "Null":
        return True
    if source.kind != target.kind:
        return False
    if target.kind in ("list", "range"):
        return target.of is None or (source.of is not None and type_conforms(source.of, target.of))
    if target.kind == "context":
        fields = dict(source.fields or ())
        return all(name in fields and type_conforms(fields[name], of) for name, of in target.fields or ())
    if target.kind == "function":
        return _function_conforms(source, target)
    return True


def _function_conforms(source: Type, target: Type) -> bool:
    if target.parameters is None or target.result is None:
        return True
    given, asked = source.parameters or (), target.parameters
    if len(given) != len(asked):
        return False
    inputs = all(type_conforms(wanted, own) for own, wanted in zip(given, asked, strict=True))
    return inputs and type_conforms(source.result or ANY, target.result)


def convert(value: Any, target: Type) -> Any:
    """Return the value as `target` wants it: itself, a singleton wrapped or unwrapped, a date as midnight UTC; else null."""
    if conforms(value, target):
        return value
    if target.kind == "list":
        if type(value) is list:
            items = [convert(item, target.of) for item in value] if target.of else value
            return items if _all_kept(value, items) else None
        wrapped = convert(value, target.of or ANY)
        return None if wrapped is None else [wrapped]
    if type(value) is list and len(value) == 1:
        return convert(value[0], target)
    if type(value) is Date and target.kind == "date and time":
        return DateTime(value, Time(0, 0, 0, 0, 0))
    if type(value) is dict and target.kind == "context":
        return _convert_context(value, target)
    return None


def _all_kept(before: list[Any], after: list[Any]) -> bool:
    return all(new is not None or old is None for old, new in zip(before, after, strict=True))


def _convert_context(value: dict[str, Any], target: Type) -> dict[str, Any] | None:
    result = dict(value)
    for name, of in target.fields or ():
        if name not in value:
            return None
        result[name] = convert(value[name], of)
        if result[name] is None and value[name] is not None:
            return None
    return result
