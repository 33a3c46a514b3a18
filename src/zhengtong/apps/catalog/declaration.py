"""What a catalogue entry must say（编目要求）: the elements of the regulation, checked before anything is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhengtong.apps.catalog.quality import to_rules
from zhengtong.apps.catalog.retention import is_retention
from zhengtong.apps.catalog.shapes import CONDITIONAL, NOT_SHARED
from zhengtong.kit import Basis, Refused
from zhengtong.tables import Column, Schema

REGULATION = Basis("政务数据共享条例", "第十三条", "2025-08-01")
CODE = re.compile(r"[1-3]\d{2}\d{3}\w*/\w+")
NAME = re.compile(r"[a-z][a-z0-9-]{1,59}")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
FIELD_TYPE = re.compile(r"text|integer|double|boolean|date|datetime|decimal\(\d{1,2},\s?\d{1,2}\)")
UPDATE_CYCLES = ("realtime", "daily", "weekly", "monthly", "quarterly", "half-yearly", "yearly", "irregular")
FORMATS = ("document", "spreadsheet", "database", "image", "stream", "structured")
SHARE_MODES = ("api", "batch", "file", "prefill", "compute")
OPEN_TYPES = ("unconditional", "conditional", "not-open")
TEXTS = frozenset(
    [
        "code",
        "name",
        "title_zh",
        "title_en",
        "summary_zh",
        "summary_en",
        "share_scope",
        "share_purpose",
        "no_share_reason",
        "basis",
        "open_type",
        "update_cycle",
        "format",
        "data_class",
        "national_level",
        "pia_no",
        "subject_kind",
        "subject_field",
        "latest_by",
    ]
)
LISTS = frozenset({"fields", "share_modes", "related", "quality"})
FIELD_TEXTS = ("name", "title_zh", "title_en", "type", "unit", "basis", "mask", "element")
REQUIRED = {
    "code": "资源代码",
    "name": "资源短名",
    "title_zh": "数据目录名称",
    "title_en": "英文名称",
    "summary_zh": "资源摘要",
    "summary_en": "英文摘要",
    "format": "数据格式",
    "update_cycle": "更新频率",
    "share_type": "共享属性",
    "share_modes": "共享方式",
    "open_type": "开放属性",
    "data_class": "数据分类",
    "data_level": "数据分级",
    "fields": "数据项",
}


DESCRIBED = [
    "code",
    "name",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "share_type",
    "share_scope",
    "share_purpose",
    "no_share_reason",
    "basis",
    "share_modes",
    "open_type",
    "update_cycle",
    "format",
    "data_class",
    "data_level",
    "national_level",
    "is_source_of_truth",
    "subject_kind",
    "subject_field",
    "latest_by",
    "related",
    "retention",
]
ITEM = [
    "name",
    "title_zh",
    "title_en",
    "type",
    "unit",
    "code_list",
    "sensitivity",
    "personal",
    "share_type",
    "basis",
    "mask",
    "is_key",
    "element",
]


def declaration_of(record: Any) -> dict[str, Any]:
    """Return what an entry says, as it would be declared."""
    said = {name: getattr(record, name) for name in DESCRIBED if getattr(record, name) not in ("", None, [], {})}
    fields = [
        {name: getattr(item, name) for name in ITEM if getattr(item, name) not in ("", None, {})}
        for item in record.items.all()
    ]
    return {**said, "fields": fields, **({"quality": record.quality_rules} if record.quality_rules else {})}


def check_declaration(declaration: Mapping[str, Any]) -> None:
    """Refuse (`catalog.register.*`) a declaration that lacks an element, naming the first that is wrong."""
    for problem in list_problems(declaration):
        raise problem


def list_problems(declaration: Mapping[str, Any]) -> list[Refused]:
    """Return everything that is wrong with a declaration, in the order a person would read the form."""
    missing = [
        wrong(name, f"缺少“{title}”，请补填后再提交。", f"`{name}` is missing: fill it in and submit again.")
        for name, title in REQUIRED.items()
        if declaration.get(name) in (None, "", [], ())
    ]
    return missing or list(problems_of(declaration))


def problems_of(declaration: Mapping[str, Any]) -> Iterator[Refused]:
    """Yield each refusal of a declaration that has every element."""
    misshapen = list(shape_problems(declaration))
    if misshapen:
        yield from misshapen
        return
    if not CODE.fullmatch(str(declaration["code"])):
        yield wrong(
            "code",
            "资源代码应为“类1位+项2位+目3位+细目/顺序码”，例如 306045/000001。",
            "A resource code is class(1) item(2) category(3) detail/serial, such as 306045/000001.",
        )
    if not NAME.fullmatch(str(declaration["name"])):
        yield wrong(
            "name", "资源短名只用小写字母、数字和连字符。", "`name` uses lower-case letters, digits and hyphens."
        )
    for name, allowed in (("update_cycle", UPDATE_CYCLES), ("format", FORMATS), ("open_type", OPEN_TYPES)):
        if declaration[name] not in allowed:
            yield wrong(name, f"只能是：{'、'.join(allowed)}。", f"`{name}` must be one of {', '.join(allowed)}.")
    if not set(map(str, declaration["share_modes"])) <= set(SHARE_MODES):
        yield wrong(
            "share_modes", f"只能取自：{'、'.join(SHARE_MODES)}。", f"Modes come from {', '.join(SHARE_MODES)}."
        )
    if not is_retention(declaration.get("retention") or {}):
        yield wrong(
            "retention",
            "保存期限写 versions（1 至 10000 个版本）、days（0 至 36600 天）或两者，都是整数。",
            "`retention` says versions (1 to 10000), days (0 to 36600) or both, as whole numbers.",
        )
    yield from sharing_problems(declaration)
    misnamed = list(field_problems(declaration))
    yield from misnamed or quality_problems(declaration)


def shape_problems(declaration: Mapping[str, Any]) -> Iterator[Refused]:
    for name in declaration:
        if name in TEXTS and not isinstance(declaration[name], str):
            yield wrong(name, "这里应是一段文字（需要时加引号）。", f"`{name}` must be text (quote it if need be).")
        if name in LISTS and not isinstance(declaration[name], list | tuple):
            yield wrong(name, "这里应是一个列表。", f"`{name}` must be a list.")
    for rule in declaration.get("quality") or () if isinstance(declaration.get("quality"), list | tuple) else ():
        if not isinstance(rule, Mapping):
            yield wrong("quality", "每条质量规则应写成“名称: 值”。", "Each quality rule is a mapping.")
    for item in declaration["fields"] if isinstance(declaration["fields"], list | tuple) else ():
        if not isinstance(item, Mapping) or not all(isinstance(item.get(name, ""), str) for name in FIELD_TEXTS):
            yield wrong(
                "fields",
                "每个数据项应写成“名称: 值”，名称、类型等为文字。",
                "Each field is a mapping of names to text.",
            )


def sharing_problems(declaration: Mapping[str, Any]) -> Iterator[Refused]:
    share_type = declaration["share_type"]
    if share_type not in (1, 2, 3):
        yield wrong("share_type", "共享属性只能是 1、2、3。", "The share type is 1, 2 or 3.")
    if share_type == CONDITIONAL and not (declaration.get("share_scope") and declaration.get("share_purpose")):
        yield wrong(
            "share_scope",
            "有条件共享须写明共享范围和使用用途。",
            "Conditional sharing needs a scope and a purpose.",
            Basis("政务数据共享条例", "第十四条", "2025-08-01"),
        )
    if share_type == NOT_SHARED and not (declaration.get("no_share_reason") and declaration.get("basis")):
        yield wrong(
            "no_share_reason",
            "不予共享须写明理由，并列出法律、行政法规或国务院决定作为依据；部门文件不算。",
            "Not sharing needs a reason and a law, administrative regulation or State Council decision.",
            Basis("政务数据共享条例", "第十五条", "2025-08-01"),
        )
    if declaration["data_level"] not in (1, 2, 3, 4):
        yield wrong("data_level", "数据分级只能是 1 至 4。", "The level is 1 to 4.")


def field_problems(declaration: Mapping[str, Any]) -> Iterator[Refused]:
    fields = declaration["fields"]
    names = [item.get("name", "") for item in fields]
    for item in fields:
        if not FIELD_NAME.fullmatch(item.get("name", "")) or not FIELD_TYPE.fullmatch(item.get("type", "")):
            yield wrong(
                "fields",
                f"数据项“{item.get('name', '')}”的名称或类型不对：名称用小写字母、数字、下划线；类型如 text、date、decimal(10,2)。",
                f"The name or type of field {item.get('name', '')!r} is wrong: lower-case names; text, date, decimal(10,2)…",
            )
        if not (item.get("title_zh") and item.get("title_en")):
            yield wrong(
                "fields",
                f"数据项“{item.get('name', '')}”缺中英文名称。",
                f"Field {item.get('name', '')!r} lacks a title.",
            )
    if len(set(names)) != len(names):
        yield wrong("fields", "数据项名称重复。", "Two fields have the same name.")
    if not any(item.get("is_key") for item in fields):
        yield wrong("fields", "至少指定一个查询主键数据项。", "At least one field must be a key.")
    if declaration.get("latest_by") and declaration["latest_by"] not in names:
        yield wrong("latest_by", "取最新行所依据的项不在数据项中。", "`latest_by` is not one of the fields.")
    if declaration.get("subject_field") and declaration["subject_field"] not in names:
        yield wrong("subject_field", "主体标识项不在数据项中。", "`subject_field` is not one of the fields.")
    if any(item.get("personal") for item in fields) and not declaration.get("subject_field"):
        yield wrong(
            "subject_field",
            "含个人信息的资源须指明哪个数据项是当事人的证件号码，以便当事人查到谁看过。",
            "A resource with personal data must say which field identifies the person, so that they can see who read it.",
        )


def quality_problems(declaration: Mapping[str, Any]) -> Iterator[Refused]:
    try:
        schema = Schema(tuple(Column(item["name"], item["type"]) for item in declaration["fields"]))
        to_rules(declaration.get("quality") or [], schema)
    except Refused as refused:
        yield refused


def wrong(field: str, zh: str, en: str, basis: Basis = REGULATION) -> Refused:
    return Refused(f"catalog.register.{field.replace('_', '-')}", zh, en, basis=basis, field=field)
