"""What packs share holds together（公共声明检查）: resources, certificate types and everyday words of packs/_shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhengtong.declared.checks.ground import FUNCTIONS
from zhengtong.declared.shapes import Finding, Text
from zhengtong.declared.shared import FOLDER, Shared
from zhengtong.declared.yaml_source import Place, Source
from zhengtong.kit.identifiers import is_credit_code
from zhengtong.kit.masking import list_mask_kinds

CONCERN = "shared"
NEEDED = (
    "code",
    "name",
    "provider",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "share_type",
    "basis",
    "fields",
)
SERIAL_LENGTH = 3


def check_shared(shared: Shared) -> Iterator[Finding]:
    """Yield what is wrong in the shared declarations, each on its line."""
    for name, source in shared.sources.items():
        if name.startswith(f"{FOLDER}/resources/"):
            yield from _resource(source, shared)
        elif name.startswith(f"{FOLDER}/certificates/"):
            yield from _certificate_type(source)


def _resource(source: Source, shared: Shared) -> Iterator[Finding]:
    given: dict[str, Any] = source.value
    for member in NEEDED:
        if not given.get(member):
            yield _finding(source, (member,), f"缺少目录要素 {member}", f"the catalogue element {member} is missing")
    if given.get("provider") not in FUNCTIONS:
        yield _finding(source, ("provider",), "提供部门的职能不存在", "the provider's function does not exist")
    fields = given.get("fields") or []
    names = {field.get("name") for field in fields}
    for member in ("subject_field", "latest_by"):
        if given.get(member) and given[member] not in names:
            yield _finding(
                source, (member,), f"{member} 不是本资源的数据项", f"{member} is not a field of the resource"
            )
    if not any(field.get("is_key") for field in fields):
        yield _finding(source, ("fields",), "没有查询主键", "no field is a key")
    masks = set(list_mask_kinds())
    for at, field in enumerate(fields):
        place: Place = ("fields", at)
        if field.get("mask") and field["mask"] not in masks:
            yield _finding(
                source, (*place, "mask"), f"脱敏方式 {field['mask']} 不存在", f"there is no mask {field['mask']}"
            )
        if field.get("code_list") and field["code_list"] not in shared.codes:
            wrong = field["code_list"]
            yield _finding(source, (*place, "code_list"), f"代码表 {wrong} 不存在", f"there is no code list {wrong}")
        if field.get("sensitivity") not in (1, 2, 3, 4) or not field.get("basis"):
            yield _finding(source, place, "数据项缺少分级或依据", "the field has no level or no basis")


def _certificate_type(source: Source) -> Iterator[Finding]:
    number = str(source.value.get("number", ""))
    if not is_credit_code(number[:-SERIAL_LENGTH]) or not number[-SERIAL_LENGTH:].isdigit():
        yield _finding(
            source,
            ("number",),
            "类型代码不是“18 位统一社会信用代码 + 3 位顺序”",
            "the number is not a credit code and a serial of 3",
        )
    if source.value.get("definer") not in FUNCTIONS:
        yield _finding(source, ("definer",), "定义部门的职能不存在", "the definer's function does not exist")


def _finding(source: Source, place: Place, zh: str, en: str) -> Finding:
    return Finding(
        source.file,
        source.line(place),
        CONCERN,
        Text(zh, en),
        Text("引用它的事项包都会出错", "every pack that refers to it would fail"),
        Text("照 packs/README.md 和同类文件改正", "write it as packs/README.md and the files beside it do"),
    )
