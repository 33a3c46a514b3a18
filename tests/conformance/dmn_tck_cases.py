"""Reads the DMN TCK: its test files, models and expected values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from zhengtong.rules.dmn import link as linking
from zhengtong.rules.dmn.from_xml import read_model
from zhengtong.rules.values.numbers import number_from_text
from zhengtong.rules.values.temporal_text import (
    date_from_text,
    date_time_from_text,
    duration_from_text,
    time_from_text,
)

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_READERS = {
    "string": lambda text: text,
    "boolean": lambda text: text.strip() == "true",
    "date": lambda text: date_from_text(text.strip()),
    "time": lambda text: time_from_text(text.strip()),
    "dateTime": lambda text: date_time_from_text(text.strip()),
    "duration": lambda text: duration_from_text(text.strip()),
    "dayTimeDuration": lambda text: duration_from_text(text.strip()),
    "yearMonthDuration": lambda text: duration_from_text(text.strip()),
}
_NUMERIC = ("decimal", "double", "float", "integer", "int", "long")


class NoForm(Exception):
    """The back-end has no form for a construct of the case."""


@dataclass(frozen=True)
class Untyped:
    """A value without xsi:type: compared and read as text."""

    text: str


@dataclass(frozen=True)
class Expectation:
    name: str
    value: Any
    is_error: bool


@dataclass(frozen=True)
class Case:
    """One test case: what is asked of which model, and what must come out."""

    folder: Path
    file: str
    model: str
    id: str
    kind: str
    invocable: str | None
    inputs: dict[str, Any]
    expected: tuple[Expectation, ...]

    @property
    def place(self) -> str:
        return f"{self.folder.name}/{self.file}#{self.id}"


def _tag(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: Any, tag: str) -> list[Any]:
    return [child for child in element if _tag(child) == tag]


def read_value(element: Any) -> Any:
    """Return the value of an inputNode, expected, item or component element."""
    for child in element:
        tag = _tag(child)
        if tag == "value":
            return _simple(child)
        if tag == "list":
            return (
                None if child.get(f"{_XSI}nil") == "true" else [read_value(item) for item in _children(child, "item")]
            )
        if tag == "component":
            return {part.get("name"): read_value(part) for part in _children(element, "component")}
    return None


def _simple(element: Any) -> Any:
    if element.get(f"{_XSI}nil") == "true":
        return None
    kind, text = (element.get(f"{_XSI}type") or "").rpartition(":")[2], element.text or ""
    if kind in _READERS:
        return _READERS[kind](text)
    if kind in _NUMERIC:
        return number_from_text(text.strip())
    return Untyped(text)


def read_cases(root: Path) -> Iterator[Case]:
    """Yield every case of every test file under `root`."""
    for path in sorted(root.rglob("*.xml")):
        tree = etree.parse(str(path)).getroot()
        if _tag(tree) != "testCases":
            continue
        names = _children(tree, "modelName")
        model = (names[0].text or "").strip() if names else next(path.parent.glob("*.dmn")).name
        for number, case in enumerate(_children(tree, "testCase"), 1):
            yield Case(
                path.parent,
                path.name,
                model,
                case.get("id") or case.get("name") or str(number),
                case.get("type") or "decision",
                case.get("invocableName"),
                {node.get("name"): read_value(node) for node in _children(case, "inputNode")},
                tuple(_expectation(node) for node in _children(case, "resultNode")),
            )


def _expectation(node: Any) -> Expectation:
    expected = _children(node, "expected")
    value = read_value(expected[0]) if expected else None
    return Expectation(node.get("name"), value, node.get("errorResult") == "true")


def load_program(folder: Path, model: str) -> Any:
    """Return the program of a model file, with the other models of its folder to import from."""
    models = {path.name: read_model(path.read_bytes()) for path in sorted(folder.glob("*.dmn"))}
    main = models.pop(model if model in models else model + ".dmn")
    return linking.link(main, models.values(), strict=False)


def agrees(expected: Any, actual: Any) -> bool:
    """Return whether the actual value is the expected one.

    Numbers must be equal. An expected number of 8 or more fraction digits was rounded, or computed in binary floating
    point, by those who wrote the case: the actual one may differ by half a unit of its last digit, or 1e-12 of its size.
    """
    if isinstance(expected, Untyped):
        return _untyped_agrees(expected.text, actual)
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(agrees(*pair) for pair in zip(expected, actual, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and expected.keys() == actual.keys()
            and all(agrees(value, actual[name]) for name, value in expected.items())
        )
    if isinstance(expected, Decimal):
        return type(actual) is Decimal and _numbers_agree(expected, actual)
    return type(expected) is type(actual) and expected == actual


def _numbers_agree(expected: Decimal, actual: Decimal) -> bool:
    digits = -expected.as_tuple().exponent
    if expected == actual or digits < 8:
        return expected == actual
    return abs(expected - actual) <= max(abs(expected) * Decimal("1e-12"), Decimal(5).scaleb(-digits - 1))


def _untyped_agrees(text: str, actual: Any) -> bool:
    from zhengtong.rules.values import to_text

    if isinstance(actual, Decimal):
        number = number_from_text(text.strip())
        return number is not None and _numbers_agree(number, actual)
    return actual is not None and to_text(actual) == text.strip()


def as_input(value: Any) -> Any:
    """Return an input value with untyped parts as text."""
    if isinstance(value, Untyped):
        return value.text
    if isinstance(value, list):
        return [as_input(item) for item in value]
    if isinstance(value, dict):
        return {name: as_input(item) for name, item in value.items()}
    return value
