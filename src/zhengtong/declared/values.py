"""Form values checked against the form（表单校验）: JSON Schema 2020-12 and the identifiers of the field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from zhengtong.declared.shapes import Pack
from zhengtong.kit import Refused, canonical
from zhengtong.kit.identifiers import parse_credit_code, parse_region_code, parse_resident_id

PHONE = re.compile(r"1[3-9]\d{9}")
# where a sentence of our own reads better than JSON Schema's
SENTENCES: dict[str, tuple[str, str]] = {
    "type": ("填写的内容类型不对，请按提示填写", "the value is of the wrong kind; enter it as the hint shows"),
    "enum": ("请从列出的选项中选择", "choose one of the options offered"),
    "minLength": ("内容太短，请补充完整", "it is too short; please complete it"),
    "maxLength": ("内容太长，请缩短", "it is too long; please shorten it"),
    "minimum": ("数值太小，请核对", "the number is too small; please check it"),
    "maximum": ("数值太大，请核对", "the number is too large; please check it"),
    "pattern": ("格式不对，请按提示填写", "it is not in the right form; enter it as the hint shows"),
    "resident-id": ("公民身份号码不对，请核对 18 位号码", "this is no identity number; check the 18 characters"),
    "phone": ("手机号码不对，请填写 11 位手机号码", "this is no mobile number; enter the 11 digits"),
    "region-code": ("区划代码不对，请填写 12 位代码", "this is no region code; enter the 12 digits"),
    "uscc": ("统一社会信用代码不对，请核对 18 位代码", "this is no unified credit code; check the 18 characters"),
    "date": ("日期不对，请按 2026-01-31 的样子填写", "this is no date; write it like 2026-01-31"),
    "date-time": ("时间不对，请按 2026-01-31T08:30 的样子填写", "this is no time; write it like 2026-01-31T08:30"),
}
DEFAULT_SENTENCE = ("填写的内容不符合要求，请核对", "the value does not fit; please check it")


def check_values(pack: Pack, values: Mapping[str, Any]) -> list[Refused]:
    """Return a refusal for each dotted path whose value does not fit its field; an unknown path does not fit.

    Whether a path must be given is not asked here (`walk.missing_fields`).
    """
    return [refused for path, value in values.items() if (refused := check_value(pack, path, value)) is not None]


def check_value(pack: Pack, path: str, value: Any) -> Refused | None:
    """Return why the value does not fit the field, or None."""
    group, _, name = path.partition(".")
    properties = pack.form.schema.get("properties", {}).get(group, {}).get("properties", {})
    if name not in properties:
        return Refused(
            code="declared.value.unknown-field",
            zh=f"表单里没有“{path}”这一项，请刷新页面后重新填写",
            en=f"The form has no field {path}. Reload the page and fill it in again",
            field=path,
        )
    fault = next(iter(_validator(canonical.to_canonical(properties[name])).iter_errors(value)), None)
    return None if fault is None else _refuse(path, properties[name], fault)


def _refuse(path: str, schema: dict[str, Any], fault: ValidationError) -> Refused:
    keyword = str(fault.validator_value if fault.validator == "format" else fault.validator)
    zh, en = SENTENCES.get(keyword, DEFAULT_SENTENCE)
    return Refused(
        code=f"declared.value.{re.sub('(?=[A-Z])', '-', keyword).lower()}",
        zh=f"{schema.get('title', path)}：{zh}",
        en=f"{schema.get('x-title-en', path)}: {en}",
        field=path,
    )


@lru_cache(maxsize=2048)
def _validator(schema: bytes) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), format_checker=FORMATS)


def _is_read(parse: Callable[[str], Any]) -> Callable[[Any], bool]:
    """Return a format check that takes what `parse` reads; what is not text is left to `type`."""

    def fits(value: Any) -> bool:
        if not isinstance(value, str):
            return True
        try:
            parse(value)
        except (Refused, ValueError):
            return False
        return True

    return fits


def _parse_phone(text: str) -> None:
    if not PHONE.fullmatch(text):
        raise ValueError(text)


def _parse_date(text: str) -> None:
    if len(text) != len("2026-01-31"):
        raise ValueError(text)
    date.fromisoformat(text)


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    parsers: dict[str, Callable[[str], Any]] = {
        "resident-id": parse_resident_id,
        "uscc": parse_credit_code,
        "region-code": parse_region_code,
        "phone": _parse_phone,
        "date": _parse_date,
        "date-time": datetime.fromisoformat,
    }
    for name, parse in parsers.items():
        checker.checks(name)(_is_read(parse))
    return checker


FORMATS = _formats()
