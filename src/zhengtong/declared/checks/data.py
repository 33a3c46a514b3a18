"""Data uses read resources and fields that are declared, by their keys, into fields of the form（数据调用检查）."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhengtong.declared.checks.ground import FUNCTIONS, Ground
from zhengtong.declared.shapes import DataUse, Finding
from zhengtong.declared.walk import fields_of
from zhengtong.declared.yaml_source import Place

CONCERN = "data"


def check_data(ground: Ground) -> Iterator[Finding]:
    """Yield uses of unknown resources, fields, keys, form paths, moments and consumers; checks on unknown uses."""
    known = set(ground.form_paths())
    for at, use in enumerate(ground.pack.data_uses):
        place: Place = ("data_uses", at)
        resource = ground.work.shared.resources.get(use.resource)
        if resource is None:
            yield _unknown(ground, (*place, "resource"), f"数据资源 {use.resource}", f"the resource {use.resource}")
            continue
        yield from _fields(ground, place, use, resource)
        for path in use.fills:
            if path not in known:
                yield _unknown(ground, (*place, "fills", path), f"表单字段 {path}", f"the form field {path}")
        if use.on != "start" and use.on not in {page.id for page in ground.pack.form.pages}:
            yield _unknown(ground, (*place, "on"), f"读取时机 {use.on}", f"the moment {use.on}")
        if use.consumer and use.consumer not in FUNCTIONS:
            yield _unknown(ground, (*place, "consumer"), f"使用部门 {use.consumer}", f"the department {use.consumer}")
    uses = {use.id for use in ground.pack.data_uses}
    for at, check in enumerate(ground.pack.checks):
        if check.use not in uses:
            yield _unknown(ground, ("checks", at, "use"), f"数据调用 {check.use}", f"the data use {check.use}")


def _fields(ground: Ground, place: Place, use: DataUse, resource: dict[str, Any]) -> Iterator[Finding]:
    fields = {field["name"]: field for field in resource["fields"]}
    for name in fields_of(ground.pack, use):
        if name not in fields:
            yield _unknown(ground, place, f"{use.resource} 的数据项 {name}", f"the field {name} of {use.resource}")
    for name in use.key:
        if not fields.get(name, {}).get("is_key"):
            yield ground.finding(
                CONCERN,
                (*place, "key", name),
                (f"{name} 不是 {use.resource} 的查询主键", f"{name} is not a key of {use.resource}"),
                ("没有索引，平台不按它读取", "there is no index on it, so nothing is read by it"),
                ("改用资源声明中 is_key 的数据项", "use a field the resource declares with is_key"),
            )


def _unknown(ground: Ground, place: Place, zh: str, en: str) -> Finding:
    return ground.finding(
        CONCERN,
        place,
        (f"{zh} 不存在", f"{en} does not exist"),
        ("预填和核验都会落空", "prefilling and checking would come to nothing"),
        ("改成已声明的名字", "use a name that is declared"),
    )
