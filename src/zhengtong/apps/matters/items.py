"""One line of a list of items read（事项清单行）: names, the composite code, the department's code however it is dirty. Pure.

A composite code is `catalogue code - region(12) - branch(3) - department - serial - 00`, the department with or without
the dash of an organisation code; a few lines have only `catalogue code - department`. What is not certain becomes a
warning, what cannot be a matter at all is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from zhengtong.apps.matters.shapes import LineNote
from zhengtong.kit.identifiers import is_credit_code, is_organisation_code, is_region_code
from zhengtong.kit.text import normalise

COLUMNS = ("department", "main_item", "name", "item_code", "region_code", "department_code", "task_type")
COMPOSITE = re.compile(
    r"(?P<catalog>[0-9A-Z][0-9A-Z-]*?)-(?P<region>\d{12})-(?P<branch>\d{3})-(?P<organisation>[0-9A-Za-z-]+?)-(?P<serial>\d)-(?P<tail>\d{2})"
)
SHORT = re.compile(r"(?P<catalog>[0-9A-Z]-\d{6}-\d{3})-(?P<organisation>[0-9A-Z]+)")
UNCLASSIFIED = "未分类"
LONGEST_NAME = 300


@dataclass
class ItemLine:
    """What a line says, with what there is to say about it; `refused` is None for a line that can be taken."""

    values: dict[str, str] = field(default_factory=dict)
    refused: LineNote | None = None
    warnings: list[LineNote] = field(default_factory=list)


@dataclass(frozen=True)
class _Fault(Exception):
    column: str
    zh: str
    en: str
    value: str


def read_line(number: int, row: Mapping[str | None, str | None], task_types: Collection[str]) -> ItemLine:
    """Return what a line of the list says; never raises for what stands in it."""
    line = ItemLine()
    given = {column: normalise(row.get(column) or "") for column in COLUMNS}
    try:
        if None in row:
            raise _Fault(
                "",
                "列数比表头多，可能有未加引号的逗号，请加引号",
                "it has more columns than the header; quote the comma",
                "",
            )
        line.values = _read(number, given, task_types, line.warnings)
    except _Fault as fault:
        line.refused = LineNote(number, fault.column, fault.zh, fault.en, fault.value)
    return line


def _read(
    number: int, given: Mapping[str, str], task_types: Collection[str], warnings: list[LineNote]
) -> dict[str, str]:
    name, code = given["name"], given["item_code"]
    if not name:
        raise _Fault("name", "没有事项名称，请补上", "the matter has no name; please add it", "")
    if len(name) > LONGEST_NAME:
        raise _Fault(
            "name",
            f"名称超过 {LONGEST_NAME} 字，请核对是否串列",
            f"the name exceeds {LONGEST_NAME} characters",
            name[:40],
        )
    if not code:
        raise _Fault(
            "item_code", "没有事项编码，无法识别是哪一项，请补上", "there is no code to know the matter by", ""
        )
    read = COMPOSITE.fullmatch(code) or SHORT.fullmatch(code)
    if read is None:
        raise _Fault(
            "item_code", "编码结构不对，应为“基本编码-区划-分支-部门-序号-00”", "the code is not in a known form", code
        )
    parts = read.groupdict()
    region = _region(number, given["region_code"], parts.get("region") or "", warnings)
    return {
        "code": code,
        "title_zh": name,
        "main_item": "" if given["main_item"] == UNCLASSIFIED else given["main_item"],
        "department_name": given["department"],
        "department_uscc": _department(number, given["department_code"], parts["organisation"], warnings),
        "region_code": region,
        "task_type": _task_type(given["task_type"], task_types),
        "catalog_code": parts["catalog"],
        "task_code": code if "region" in parts else "",
    }


def _task_type(given: str, task_types: Collection[str]) -> str:
    """Return the two-digit type; an unknown one is refused, for such a matter could be neither counted nor governed."""
    code = given.zfill(2)
    if not given or code not in task_types:
        raise _Fault(
            "task_type",
            "事项类型不在 GB/T 39046 附录 A.1 中，请改成表中的代码",
            "the type is not in GB/T 39046 A.1",
            given,
        )
    return code


def _region(number: int, given: str, in_code: str, warnings: list[LineNote]) -> str:
    region = given or in_code
    if not is_region_code(region):
        raise _Fault("region_code", "区划代码不是 12 位，请核对", "the region code has not 12 digits", region)
    if in_code and given and in_code != given:
        zh, en = (
            f"区划与编码中的 {in_code} 不一致，按本列收录",
            f"it differs from {in_code} in the code; this column was taken",
        )
        warnings.append(LineNote(number, "region_code", zh, en, given))
    return region


def _department(number: int, given: str, in_code: str, warnings: list[LineNote]) -> str:
    """Return the department's unified credit code, from whichever place has a sound one; else what stands there.

    Sources in order: the composite code, the column, the column without what a spreadsheet or another system added.
    A sound organisation code of 9 is kept as such when no credit code holds it.
    """
    inside = in_code.upper()
    column = given.upper().split("_")[0].replace("-", "")
    for candidate in (inside, column):
        if is_credit_code(candidate):
            if column and not _agrees(candidate, column):
                zh = f"部门代码“{given}”与编码中的 {candidate} 对不上，按编码收录"
                en = f"it does not agree with {candidate} in the code, which was taken"
                warnings.append(LineNote(number, "department_code", zh, en, given))
            return candidate
    if is_organisation_code(column):
        warnings.append(
            LineNote(
                number,
                "department_code",
                "只有 9 位组织机构代码，没有统一社会信用代码",
                "only an organisation code of 9",
                given,
            )
        )
        return column
    warnings.append(LineNote(number, "department_code", _reason(column)[0], _reason(column)[1], given))
    return column or inside


def _agrees(credit_code: str, column: str) -> bool:
    """Return whether what stands in the column is the credit code, its first 17 signs, or the organisation code in it."""
    return credit_code.startswith(column) or column == credit_code[8:17]


def _reason(column: str) -> tuple[str, str]:
    for pattern, zh, en in (
        (
            r".{17}",
            "部门代码只有 17 位，像是被截断了，保留原样",
            "the code has 17 signs and seems cut off; kept as it is",
        ),
        (
            r"\d{19}",
            "部门代码是 19 位数字，像是别的系统的编号，保留原样",
            "the code has 19 digits, as of another system; kept",
        ),
        (
            r".*E\+\d+",
            "部门代码是科学计数法，原值已丢失，请从源系统重新导出",
            "the code is in scientific notation and lost its digits",
        ),
    ):
        if re.fullmatch(pattern, column):
            return zh, en
    return "部门代码校验不通过，保留原样", "the code fails its check and is kept as it is"
