"""What was typed, as values（录入值）: full-width digits narrowed, dates as people write them, every fault in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.kit import Refused
from zhengtong.kit.identifiers import parse_credit_code, parse_resident_id
from zhengtong.kit.text import normalise
from zhengtong.portals.ui.forms.spec import FieldSpec
from zhengtong.portals.ui.languages import pick

DATE_FORMATS = ("%Y-%m-%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d")
TRUE, FALSE = "true", "false"


@dataclass(frozen=True)
class Fault:
    """A fault of one field in words（填写问题）, with the id of the control to go to."""

    path: str
    html_id: str
    words: str


class Unreadable(ValueError):
    """The text cannot be read as the field's type; the message is for the person."""


def read_fields(specs: Iterable[FieldSpec], posted: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the typed values of the fields that were posted, and the faults of those that cannot stand.

    A field left empty is None. Limits the schema gives are checked here so that all faults show at once; the rule
    itself is enforced again by the action that saves.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for spec in specs:
        try:
            value = READERS.get(spec.widget, _read_text)(spec, posted)
            fault = _limit_fault(spec, value)
        except Unreadable as unreadable:
            value, fault = None, str(unreadable)
        except Refused as refused:
            value, fault = normalise(str(posted.get(spec.path, ""))), pick(refused.zh, refused.en)
        if fault:
            faults.append(Fault(spec.path, spec.html_id, fault))
        values[spec.path] = value
    return values, faults


def parse_day(text: str) -> date:
    """Return the date written in any of the forms people use; Unreadable otherwise."""
    plain = normalise(text).replace(" ", "")
    for known in DATE_FORMATS:
        try:
            return datetime.strptime(plain, known).date()  # noqa: DTZ007  a calendar day has no zone
        except ValueError:
            continue
    raise Unreadable(_("请填写真实的日期，例如 2026年3月9日"))


def _one(spec: FieldSpec, posted: Mapping[str, Any]) -> str:
    return normalise(str(posted.get(spec.path, "") or ""))


def _read_text(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    text = _one(spec, posted)
    if not text:
        return None
    if spec.options and text not in {option.value for option in spec.options}:
        raise Unreadable(_("请从给出的选项中选择%(label)s") % {"label": spec.label})
    if spec.schema.get("format") in ("mobile", "phone"):
        text = re.sub(r"[\s-]", "", text)
        if not re.fullmatch(r"1\d{10}", text):
            raise Unreadable(_("手机号码是 11 位数字，以 1 开头"))
    return _as_kind(spec, text)


def _as_kind(spec: FieldSpec, text: str) -> Any:
    if spec.kind == "boolean":
        return text == TRUE
    return int(text) if spec.kind == "integer" and spec.options else text


def _read_long_text(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    lines = str(posted.get(spec.path, "") or "").replace("\r\n", "\n").split("\n")
    return "\n".join(normalise(line) for line in lines).strip() or None


def _read_number(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    text = _one(spec, posted).replace(",", "").replace("元", "")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as fault:
        raise Unreadable(_("%(label)s要填数字，例如 120") % {"label": spec.label}) from fault
    if not number.is_finite():
        raise Unreadable(_("%(label)s要填数字，例如 120") % {"label": spec.label})
    if spec.kind == "integer":
        if number != number.to_integral_value():
            raise Unreadable(_("%(label)s要填整数") % {"label": spec.label})
        return int(number)
    return str(number) if spec.kind == "string" else float(number)


def _read_bool(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    if spec.kind != "boolean":
        return _read_text(spec, posted)
    text = _one(spec, posted)
    return {TRUE: True, FALSE: False}.get(text)


def _read_tick(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    return _one(spec, posted) in ("on", TRUE, "1")


def _read_date(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    whole = _one(spec, posted)
    if whole:
        return parse_day(whole).isoformat()
    year, month, day = (normalise(str(posted.get(f"{spec.path}-{part}", "") or "")) for part in "ymd")
    if not (year or month or day):
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as fault:
        raise Unreadable(
            _("请把%(label)s的年、月、日填完整，例如 2026 年 3 月 9 日") % {"label": spec.label}
        ) from fault


def _read_moment(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    whole = _one(spec, posted)
    if whole:
        return _to_moment(spec, whole)
    day = _read_date(spec, posted)
    clock = normalise(str(posted.get(f"{spec.path}-t", "") or "")).replace("点", ":").replace("时", ":").rstrip("分")
    if day is None and not clock:
        return None
    return _to_moment(spec, f"{day}T{clock or '?'}")


def _to_moment(spec: FieldSpec, text: str) -> str:
    """Return the instant with its offset, as JSON Schema's date-time wants it."""
    try:
        moment = datetime.fromisoformat(re.sub(r"T(\d):", r"T0\1:", text.replace(" ", "T")))
    except ValueError as fault:
        raise Unreadable(_("请把%(label)s的日期和时间填完整，时间例如 8:05") % {"label": spec.label}) from fault
    return (moment if moment.tzinfo else timezone.make_aware(moment)).isoformat()


def _read_range(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    first, last = (normalise(str(posted.get(f"{spec.path}-{part}", "") or "")) for part in ("from", "to"))
    if not (first or last):
        return None
    if not (first and last) or parse_day(first) > parse_day(last):
        raise Unreadable(_("%(label)s的开始和结束都要填，开始不能晚于结束") % {"label": spec.label})
    return f"{parse_day(first).isoformat()}/{parse_day(last).isoformat()}"


def _read_id(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    text = _one(spec, posted).replace(" ", "").upper()
    return str(parse_resident_id(text)) if text else None


def _read_credit_code(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    text = _one(spec, posted).replace(" ", "").upper()
    return str(parse_credit_code(text)) if text else None


def _read_many(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    given = posted.getlist(spec.path) if hasattr(posted, "getlist") else list(posted.get(spec.path, ()))
    known = {option.value for option in spec.options}
    return [value for value in given if value in known] or None


def _read_repeat(spec: FieldSpec, posted: Mapping[str, Any]) -> Any:
    rows = []
    for at in range(entries_posted(spec, posted)):
        row = {item.path: normalise(str(posted.get(f"{spec.path}.{at}.{item.path}", ""))) for item in spec.item_specs}
        if any(row.values()):
            rows.append({name: value for name, value in row.items() if value})
    return rows or None


def entries_posted(spec: FieldSpec, posted: Mapping[str, Any]) -> int:
    """Return how many entries of a repeat group the form carried."""
    return max(
        (int(m[1]) + 1 for key in posted if (m := re.match(rf"{re.escape(spec.path)}\.(\d+)\.", key))), default=0
    )


READERS: dict[str, Callable[[FieldSpec, Mapping[str, Any]], Any]] = {
    "textarea": _read_long_text,
    "number": _read_number,
    "money": _read_number,
    "radio": _read_bool,
    "tick": _read_tick,
    "date": _read_date,
    "date-range": _read_range,
    "date-time": _read_moment,
    "checks": _read_many,
    "person": _read_id,
    "organisation": _read_credit_code,
    "repeat": _read_repeat,
}


def _limit_fault(spec: FieldSpec, value: Any) -> str:
    """Return the sentence of the first limit the value breaks; "" if it stands."""
    label = {"label": spec.label}
    if value is None or (spec.widget == "tick" and spec.required and value is False):
        if not spec.required:
            return ""
        return (_("请选择%(label)s") if spec.options or spec.widget == "radio" else _("请填写%(label)s")) % label
    schema = spec.schema
    if isinstance(value, str):
        if "maxLength" in schema and len(value) > schema["maxLength"]:
            return _("%(label)s最多 %(n)d 个字") % {**label, "n": schema["maxLength"]}
        if "minLength" in schema and len(value) < schema["minLength"]:
            return _("%(label)s至少 %(n)d 个字") % {**label, "n": schema["minLength"]}
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return _("%(label)s的格式不对，请照提示填写") % label
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            return _("%(label)s不能小于 %(n)s") % {**label, "n": schema["minimum"]}
        if "maximum" in schema and value > schema["maximum"]:
            return _("%(label)s不能大于 %(n)s") % {**label, "n": schema["maximum"]}
    return ""
