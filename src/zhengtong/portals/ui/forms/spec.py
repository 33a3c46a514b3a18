"""One field as the schema declares it（字段说明）: which of the twelve widgets, which words, which limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from zhengtong.declared.shapes import Text
from zhengtong.portals.ui.languages import words_of

WIDGETS = (
    "text", "textarea", "number", "money", "radio", "checks", "select", "date", "date-range", "address", "person",
    "organisation", "repeat", "tick", "date-time",
)  # fmt: skip
BY_FORMAT = {
    "date": "date", "date-time": "date-time", "resident-id": "person", "uscc": "organisation", "credit-code": "organisation",
    "address": "address", "money": "money", "yuan": "money",
}  # fmt: skip
SHORT = {"person": "m", "organisation": "m", "number": "s", "money": "s"}
RADIOS_UP_TO = 7


@dataclass(frozen=True)
class Option:
    """One choice（选项）."""

    value: str
    text: Text


@dataclass(frozen=True)
class FieldSpec:
    """A field of a form（表单字段）at a dotted path."""

    path: str
    schema: Mapping[str, Any]
    title: Text
    help: Text
    required: bool
    options: tuple[Option, ...]
    widget: str

    @property
    def html_id(self) -> str:
        return "f-" + self.path.replace(".", "-")

    @property
    def label(self) -> str:
        return words_of(self.title)

    @property
    def hint(self) -> str:
        return words_of(self.help)

    @property
    def unit(self) -> str:
        return words_of(_text(self.schema, "x-unit"))

    @property
    def kind(self) -> str:
        found = self.schema.get("type", "string")
        return next((name for name in found if name != "null"), "string") if isinstance(found, list) else found

    @property
    def size(self) -> str:
        if self.widget in SHORT:
            return SHORT[self.widget]
        longest = self.schema.get("maxLength")
        return "l" if not longest or longest > 30 else "m" if longest > 8 else "s"

    @property
    def input_mode(self) -> str:
        if self.widget in ("number", "money"):
            return "decimal" if self.kind == "number" or self.widget == "money" else "numeric"
        return "tel" if self.schema.get("format") in ("mobile", "phone") else ""

    @property
    def format(self) -> str:
        return str(self.schema.get("format", ""))

    @property
    def autocomplete(self) -> str:
        """Return the autofill hint (WCAG 1.3.5) where the field is the applicant's own."""
        return {"mobile": "tel", "phone": "tel", "email": "email"}.get(str(self.schema.get("format")), "off")

    @cached_property
    def item_specs(self) -> tuple[FieldSpec, ...]:
        """Return the fields of one entry of a repeat group."""
        items = self.schema.get("items", {})
        return tuple(spec_of(items, name) for name in items.get("properties", {}))


def spec_of(schema: Mapping[str, Any], path: str) -> FieldSpec:
    """Return the field at `path` of an object schema; KeyError if the schema has none."""
    *parents, leaf = path.split(".")
    node = schema
    for name in parents:
        node = node["properties"][name]
    found = node["properties"][leaf]
    options = _options(found)
    return FieldSpec(
        path=path,
        schema=found,
        title=_text(found, "title") or Text(leaf, leaf),
        help=_text(found, "x-help") or _text(found, "description") or Text("", ""),
        required=leaf in node.get("required", ()),
        options=options,
        widget=_widget(found, options),
    )


def specs_of(schema: Mapping[str, Any], paths: Iterable[str]) -> tuple[FieldSpec, ...]:
    """Return the fields at several paths; a path that names a group gives all its fields."""
    found: list[FieldSpec] = []
    for path in paths:
        node = schema
        for name in path.split("."):
            node = node["properties"][name]
        if node.get("type") == "object" and "properties" in node and node.get("format") != "address":
            found += specs_of(schema, [f"{path}.{name}" for name in node["properties"]])
        else:
            found.append(spec_of(schema, path))
    return tuple(found)


def _text(schema: Mapping[str, Any], key: str) -> Text | None:
    """Return bilingual words as packs write them: `title` + `x-title-en`, `x-help-zh` + `x-help-en`."""
    bare = key.removeprefix("x-")
    chinese = schema.get(key) or schema.get(f"x-{bare}-zh")
    return Text(str(chinese), str(schema.get(f"x-{bare}-en", ""))) if chinese else None


def _options(schema: Mapping[str, Any]) -> tuple[Option, ...]:
    source = schema.get("items", {}) if schema.get("type") == "array" else schema
    if "oneOf" in source:
        return tuple(
            Option(str(choice["const"]), _text(choice, "title") or Text(str(choice["const"]), ""))
            for choice in source["oneOf"]
            if "const" in choice
        )
    codes = source.get("enum", ())
    zh, en = source.get("x-enum-zh", ()), source.get("x-enum-en", ())
    return tuple(
        Option(str(code), Text(str(zh[at]) if at < len(zh) else str(code), str(en[at]) if at < len(en) else ""))
        for at, code in enumerate(codes)
        if code is not None
    )


def _widget(schema: Mapping[str, Any], options: tuple[Option, ...]) -> str:
    asked = schema.get("x-widget")
    if asked in WIDGETS and not (asked == "text" and schema.get("format") in BY_FORMAT):
        return str(asked)
    kind = schema.get("type", "string")
    if kind == "boolean" or (isinstance(kind, list) and "boolean" in kind):
        return "radio"
    if kind == "array":
        return "checks" if options else "repeat"
    if options:
        return "radio" if len(options) <= RADIOS_UP_TO else "select"
    if kind in ("integer", "number"):
        return "number"
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    return "textarea" if schema.get("maxLength", 0) > 120 else "text"
