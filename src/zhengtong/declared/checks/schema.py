"""The form is a sound JSON Schema that pages can be drawn from（表单模式检查）."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.shapes import Finding
from zhengtong.declared.values import FORMATS
from zhengtong.declared.yaml_source import Place

CONCERN = "schema"
WIDGETS = frozenset(
    [
        "text",
        "textarea",
        "number",
        "money",
        "radio",
        "checks",
        "select",
        "date",
        "date-range",
        "address",
        "person",
        "organisation",
        "repeat",
    ]
)
ROOT: Place = ("form", "schema")


def check_schema(ground: Ground) -> Iterator[Finding]:
    """Yield what keeps the form from being a schema, one level deep, titled in both languages."""
    schema = ground.pack.form.schema
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as fault:
        yield ground.finding(
            CONCERN,
            (*ROOT, *fault.absolute_path),
            (f"不是合法的 JSON Schema（{fault.message}）", f"this is not JSON Schema ({fault.message})"),
            ("表单画不出来，填写内容也没法校验", "no form can be drawn and no value checked"),
            ("照 JSON Schema 2020-12 改正", "write it as JSON Schema 2020-12 says"),
        )
        return
    for group, given in schema.get("properties", {}).items():
        yield from _group(ground, group, given)


def _group(ground: Ground, group: str, given: dict[str, Any]) -> Iterator[Finding]:
    place: Place = (*ROOT, "properties", group)
    if given.get("type") != "object":
        yield ground.finding(
            CONCERN,
            place,
            (f"{group} 不是对象", f"{group} is not an object"),
            ("表单路径写作“组.字段”，只有一层", "form paths are written group.field, one level deep"),
            ("把字段放进一个 type 为 object 的组里", "put the field into a group of type object"),
        )
        return
    yield from _titles(ground, place, group, given)
    for name, field in given.get("properties", {}).items():
        yield from _field(ground, (*place, "properties", name), f"{group}.{name}", field)
    for name in set(given.get("required", ())) - set(given.get("properties", {})):
        yield ground.finding(
            CONCERN,
            (*place, "required"),
            (f"必填项 {group}.{name} 没有定义", f"the required field {group}.{name} is not defined"),
            ("申请人永远填不了它，表单交不出去", "nobody could fill it in, so no form could be sent"),
            ("定义这个字段，或者从 required 中删去", "define the field or take it out of required"),
        )


def _field(ground: Ground, place: Place, path: str, field: dict[str, Any]) -> Iterator[Finding]:
    yield from _titles(ground, place, path, field)
    if field.get("type") in ("object", None):
        yield ground.finding(
            CONCERN,
            place,
            (f"{path} 没有类型，或者又是一层对象", f"{path} has no type, or is one more object"),
            ("页面不知道用什么控件", "the page knows no widget for it"),
            ("写 string、integer、number、boolean 或 array", "write string, integer, number, boolean or array"),
        )
    for keyword, known in (("x-widget", WIDGETS), ("format", FORMATS.checkers)):
        if field.get(keyword, next(iter(known))) not in known:
            yield ground.finding(
                CONCERN,
                (*place, keyword),
                (f"{path} 的 {keyword} “{field[keyword]}”无人认识", f"{path}: nobody knows {keyword} {field[keyword]}"),
                ("控件或校验会失效", "the widget or the check would not work"),
                (f"改成其中之一：{'、'.join(sorted(known))}", f"use one of {', '.join(sorted(known))}"),
            )
    if "enum" in field and not (
        len(field["enum"]) == len(field.get("x-enum-zh", ())) == len(field.get("x-enum-en", ()))
    ):
        yield ground.finding(
            CONCERN,
            place,
            (f"{path} 的选项和中英文名称个数不同", f"{path} has options without words in both languages"),
            ("办事人会看到代码而不是文字", "people would see codes instead of words"),
            (
                "用 x-code-list 引用代码表，或补齐 x-enum-zh、x-enum-en",
                "name an x-code-list, or complete x-enum-zh and -en",
            ),
        )


def _titles(ground: Ground, place: Place, path: str, given: dict[str, Any]) -> Iterator[Finding]:
    for keyword in ("title", "x-title-en"):
        if not given.get(keyword):
            yield ground.finding(
                CONCERN,
                place,
                (f"{path} 缺 {keyword}", f"{path} lacks {keyword}"),
                ("字段没有标签，读屏软件也读不出来", "the field has no label, on screen or read aloud"),
                (f"补上 {keyword}", f"add {keyword}"),
            )
