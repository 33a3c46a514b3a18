"""Checking what was entered（表单校验）against the form's JSON Schema, with a sentence for every fault.

The only home of jsonschema. The validator finds; the sentences are ours, one per keyword, because a person reads them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from zhengtong.apps.cases.forms import field_schema, field_title, is_required
from zhengtong.apps.cases.shapes import FieldFault
from zhengtong.declared.shapes import Pack
from zhengtong.kit.identifiers import is_credit_code, is_region_code, is_resident_id
from zhengtong.kit.text import to_half_width

LONGEST_TEXT = 2000
_MOBILE = re.compile(r"1[3-9]\d{9}")
_NARROW = frozenset({"resident-id", "uscc", "phone", "mobile", "date", "date-time", "region", "region-code", "email"})

FORMATS = FormatChecker(formats=())
MOST_VALIDATORS = 4096
# By the identity of the schema, which the entry keeps alive: packs are frozen, and hashing one costs more than checking.
_VALIDATORS: dict[int, tuple[Mapping[str, Any], Draft202012Validator]] = {}


def _format(name: str, check: Callable[[str], bool]) -> None:
    FORMATS.checks(name)(lambda value: not isinstance(value, str) or check(value))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text or " " in text


_format("resident-id", is_resident_id)
_format("uscc", is_credit_code)
_format("region", is_region_code)
_format("region-code", is_region_code)
_format("phone", lambda text: bool(_MOBILE.fullmatch(text)))
_format("mobile", lambda text: bool(_MOBILE.fullmatch(text)))
_format("date", _is_date)
_format("date-time", _is_instant)
_format("email", lambda text: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text)))

_FORMAT_WORDS = {
    "resident-id": (
        "18 位公民身份号码，请核对每一位",
        "an 18-character resident identity number; check every character",
    ),
    "uscc": ("18 位统一社会信用代码，请核对每一位", "an 18-character unified credit code; check every character"),
    "region": ("区划代码", "a region code"),
    "region-code": ("12 位区划代码", "a 12-digit region code"),
    "phone": ("11 位手机号码，例如 13800001234", "an 11-digit mobile number, for example 13800001234"),
    "mobile": ("11 位手机号码，例如 13800001234", "an 11-digit mobile number, for example 13800001234"),
    "date": ("年-月-日格式的真实日期，例如 2026-11-19", "a real date, year-month-day, for example 2026-11-19"),
    "date-time": ("日期和时间，例如 2026-11-19 08:30", "a date and time, for example 2026-11-19 08:30"),
    "email": ("电子邮箱地址，例如 name@example.cn", "an e-mail address, for example name@example.cn"),
}

# keyword → (Chinese, English) with {title}, {limit}
_SENTENCES: dict[str, tuple[str, str]] = {
    "required": ("请填写“{zh}”", "Enter {en}"),
    "type": ("“{zh}”的内容类型不对，应为{kind_zh}", "{en} must be {kind_en}"),
    "enum": ("请在“{zh}”给出的选项中选择", "Choose one of the options for {en}"),
    "const": ("“{zh}”须为指定内容", "{en} must have the given value"),
    "minLength": ("“{zh}”至少 {limit} 个字", "{en} must have at least {limit} characters"),
    "maxLength": ("“{zh}”最多 {limit} 个字，请缩短", "{en} must have at most {limit} characters; shorten it"),
    "minimum": ("“{zh}”不能小于 {limit}", "{en} must be at least {limit}"),
    "maximum": ("“{zh}”不能大于 {limit}", "{en} must be at most {limit}"),
    "exclusiveMinimum": ("“{zh}”应大于 {limit}", "{en} must be more than {limit}"),
    "exclusiveMaximum": ("“{zh}”应小于 {limit}", "{en} must be less than {limit}"),
    "multipleOf": ("“{zh}”应为 {limit} 的倍数", "{en} must be a multiple of {limit}"),
    "pattern": ("“{zh}”的格式不对，请对照说明填写", "{en} does not have the right form; see the hint"),
    "minItems": ("“{zh}”至少填 {limit} 项", "Give at least {limit} for {en}"),
    "maxItems": ("“{zh}”最多填 {limit} 项", "Give at most {limit} for {en}"),
    "uniqueItems": ("“{zh}”中有重复的内容", "{en} contains the same thing twice"),
    "format": ("“{zh}”应为{kind_zh}", "{en} must be {kind_en}"),
    "control": ("“{zh}”含有不能显示的字符，请重新输入", "{en} contains characters that cannot be shown; type it again"),
    "unknown": ("表单中没有“{zh}”这一项", "The form has no field {en}"),
    "locked": (
        "“{zh}”来自共享数据，不能修改；如有错误请选“数据不对”",
        "{en} comes from shared data and cannot be changed here; report an error instead",
    ),
}
_KINDS = {
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "boolean": ("是或否", "yes or no"),
    "array": ("多项", "a list"),
    "string": ("文字", "text"),
    "object": ("一组内容", "a group"),
}


def fault(
    pack: Pack, path: str, keyword: str, *, limit: Any = "", kind: tuple[str, str] = ("", ""), page: str = ""
) -> FieldFault:
    """Return the sentence for one fault of one field."""
    zh, en = field_title(pack, path)
    zh_text, en_text = _SENTENCES.get(keyword, ("“{zh}”填写有误，请核对", "{en} is not right; check it"))
    words = {"zh": zh, "en": en, "limit": limit, "kind_zh": kind[0], "kind_en": kind[1]}
    return FieldFault(path=path, code=keyword, zh=zh_text.format(**words), en=en_text.format(**words), page_id=page)


def check_fields(
    pack: Pack, paths: Iterable[str], values: Mapping[str, Any], *, complete: bool = True, page: str = ""
) -> list[FieldFault]:
    """Return what is wrong with these fields; with `complete`, required fields left empty too."""
    faults: list[FieldFault] = []
    for path in paths:
        value = values.get(path)
        if value is None or value == "" or value == []:
            if complete and is_required(pack, path):
                faults.append(fault(pack, path, "required", page=page))
            continue
        faults.extend(check_value(pack, path, value, page=page))
    return faults


def check_value(pack: Pack, path: str, value: Any, *, page: str = "") -> list[FieldFault]:
    """Return what is wrong with one value that is there; the first fault is what people are told."""
    schema = field_schema(pack, path)
    if not schema:
        return [fault(pack, path, "unknown", page=page)]
    if has_control_characters(value):
        return [fault(pack, path, "control", page=page)]
    if isinstance(value, str) and len(value) > schema.get("maxLength", LONGEST_TEXT):
        return [fault(pack, path, "maxLength", limit=schema.get("maxLength", LONGEST_TEXT), page=page)]
    errors = sorted(_validator(pack, path).iter_errors(value), key=lambda error: len(error.absolute_path))
    return [_told(pack, path, error, page) for error in errors[:1]]


def _told(pack: Pack, path: str, error: ValidationError, page: str) -> FieldFault:
    keyword = str(error.validator)
    kind = ("", "")
    if keyword == "type":
        kind = _KINDS.get(str(error.validator_value), ("", ""))
    elif keyword == "format":
        kind = _FORMAT_WORDS.get(str(error.validator_value), ("规定的格式", "in the required form"))
    return fault(pack, path, keyword, limit=error.validator_value, kind=kind, page=page)


def _validator(pack: Pack, path: str) -> Draft202012Validator:
    schema = field_schema(pack, path)
    kept = _VALIDATORS.get(id(schema))
    if kept is None or kept[0] is not schema:
        if len(_VALIDATORS) >= MOST_VALIDATORS:
            _VALIDATORS.clear()
        kept = _VALIDATORS[id(schema)] = (schema, Draft202012Validator(dict(schema), format_checker=FORMATS))
    return kept[1]


def has_control_characters(value: Any) -> bool:
    """Return whether a text holds control, unassigned or half surrogate characters; line ends and tabs are fine."""
    if isinstance(value, list):
        return any(has_control_characters(item) for item in value)
    if not isinstance(value, str):
        return False
    return any(unicodedata.category(char) in ("Cc", "Cs", "Cn") for char in value if char not in "\n\r\t")


def coerce(schema: Mapping[str, Any], value: Any) -> Any:
    """Return a form's text as the type its schema asks for; what cannot be is left for the check to name."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    kind = schema.get("type")
    if kind in ("integer", "number"):
        return _to_number(to_half_width(text), kind) if text else None
    if kind == "boolean":
        return {
            "true": True,
            "on": True,
            "1": True,
            "yes": True,
            "false": False,
            "0": False,
            "no": False,
            "": None,
        }.get(text.lower(), value)
    if kind == "array":
        return [text] if text else []
    if schema.get("format") in _NARROW:
        text = to_half_width(text).replace("　", "")
        return text.upper() if schema["format"] in ("resident-id", "uscc") else text
    return unicodedata.normalize("NFC", text)


def _to_number(text: str, kind: str) -> Any:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    if number == number.to_integral_value() and abs(number) < 2**53:
        return int(number)
    return text if kind == "integer" else float(number)
