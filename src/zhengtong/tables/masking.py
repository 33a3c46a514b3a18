"""Masks on whole tables（批量脱敏）: the platform's rules on Python rows and inside DuckDB, with the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zhengtong.kit import masker
from zhengtong.kit.masking import builtin_policies
from zhengtong.tables.engine import ident
from zhengtong.tables.plain import plain_sql
from zhengtong.tables.schema import Column


@dataclass(frozen=True)
class FieldMask:
    """How one field is shown: a kind and a profile of the platform's masking table（字段脱敏策略）."""

    kind: str
    profile: str = "default"


Masks = Mapping[str, FieldMask]


def mask_rows(rows: Iterable[dict[str, Any]], masks: Masks) -> Iterator[dict[str, Any]]:
    """Yield the plain rows with the fields named in masks as masked text; empty cells stay empty."""
    maskers = {field: masker(mask.kind, profile=mask.profile) for field, mask in masks.items()}
    for row in rows:
        yield {
            name: maskers[name](to_text(value)) if name in maskers and value is not None else value
            for name, value in row.items()
        }


def mask_row(row: dict[str, Any], masks: Masks) -> dict[str, Any]:
    """Return one plain row masked."""
    return next(mask_rows([row], masks))


def to_text(value: Any) -> str:
    """Return the text of a plain value that a mask works on, the same as DuckDB writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def masked_sql(column: Column, mask: FieldMask) -> str:
    """Return DuckDB SQL of the column's masked text, null where the cell is empty."""
    text = f"CAST({plain_sql(ident(column.name), column.type)} AS VARCHAR)"
    masker(mask.kind, profile=mask.profile)  # refuses an unknown kind
    settings = dict(builtin_policies()[mask.kind][mask.profile])
    return _SQL_RULES[settings.pop("rule")](text, **settings)


def _keep(text: str, *, head: int, tail: int) -> str:
    hidden = f"length({text}) - {head + tail}"
    whole = f"left({text}, {head}) || repeat('*', {hidden}) || right({text}, {tail})"
    return f"CASE WHEN {hidden} <= 0 THEN repeat('*', length({text})) ELSE {whole} END"


def _name(text: str, *, ends: int) -> str:
    short, long = _keep(text, head=1, tail=0), _keep(text, head=1, tail=1 if ends == 2 else 0)
    return f"CASE WHEN length({text}) < 2 THEN repeat('*', length({text})) WHEN length({text}) = 2 THEN {short} ELSE {long} END"


def _email(text: str, *, head: int) -> str:
    # greedy: the local part goes to the last @
    local, domain = f"regexp_extract({text}, '^(.*)@', 1, 's')", f"regexp_extract({text}, '@([^@]*)$', 1, 's')"
    shown = f"left({local}, least({head}, length({local}) - 1)) || '***@' || {domain}"
    return f"CASE WHEN {text} IS NULL THEN NULL WHEN {local} = '' THEN '***' ELSE {shown} END"


def _open(text: str) -> str:
    return text


def _hide(text: str) -> str:
    return f"CASE WHEN {text} = '' THEN '' WHEN {text} IS NOT NULL THEN '***' END"


def _landline(text: str, *, tail: int) -> str:
    bare = f"regexp_replace({text}, '^[{_SPACE}]+|[{_SPACE}]+$', '', 'g')"
    form = f"(0\\p{{Nd}}{{2,3}})([{_SPACE}-]?)(\\p{{Nd}}{{7,8}})"
    area, gap, number = (f"regexp_extract({bare}, '^{form}$', {group})" for group in (1, 2, 3))
    split = f"{area} || {gap} || {_keep(number, head=0, tail=tail)}"
    return f"CASE WHEN regexp_full_match({bare}, '{form}') THEN {split} ELSE {_keep(text, head=0, tail=tail)} END"


def _address(text: str, *, down_to: str) -> str:
    return f"regexp_extract({text}, '^{_ADDRESS[down_to]}') || '***'"


# What Python's \s and strip() take for white space, for RE2's \s knows ASCII only.
_SPACE = r"\t\n\x0b\x0c\r\x1c-\x1f \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
# The patterns of kit.masking without look-behind, which RE2 has not: 区 after 小 or 社 is a neighbourhood. The two ways
# to end a county part cannot overlap, for neither crosses a 区.
_PART = "[^省市区县]"
_PROVINCE = f"(?:{_PART}{{2,8}}?(?:自治区|省))?"
_CITY = f"(?:{_PART}{{1,8}}?(?:自治州|地区|盟|市))?"
_COUNTY = f"(?:{_PART}{{1,8}}?(?:自治县|自治旗|县|旗|市)|{_PART}{{0,7}}?[^省市区县小社]区)?"
_ADDRESS = {"city": _PROVINCE + _CITY, "county": _PROVINCE + _CITY + _COUNTY}

_SQL_RULES: dict[str, Callable[..., str]] = {
    "keep": _keep,
    "name": _name,
    "email": _email,
    "landline": _landline,
    "address": _address,
    "open": _open,
    "hide": _hide,
}
