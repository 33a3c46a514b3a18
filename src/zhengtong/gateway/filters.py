"""Conditions, cursors and keys of a call（查询条件）, as values that carry no SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables import Filter

RESERVED = frozenset({"limit", "after", "fields", "case", "by"})
OPERATORS = {"": "=", "not": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "in": "in", "prefix": "prefix"}
USUAL_LIMIT = 100


def filters_of(asked: Mapping[str, str]) -> tuple[Filter, ...]:
    """Return `name=value`, `name__gte=value`, `name__in=a,b` … of a query as conditions."""
    return tuple(filter_of(name, value) for name, value in asked.items() if name not in RESERVED)


def filter_of(name: str, value: str) -> Filter:
    column, _, suffix = name.partition("__")
    if suffix not in OPERATORS:
        raise wrong(
            name, f"条件“{suffix}”不认识，可用：{'、'.join(filter(None, OPERATORS))}", f"Unknown condition {suffix!r}"
        )
    operator = OPERATORS[suffix]
    return Filter(column, operator, value.split(",") if operator == "in" else value)


def limit_of(asked: Mapping[str, str]) -> int:
    return whole(asked, "limit", USUAL_LIMIT)


def cursor_of(asked: Mapping[str, str]) -> int | None:
    return whole(asked, "after", 0) or None


def whole(asked: Mapping[str, str], name: str, usual: int) -> int:
    typed = asked.get(name, "") or str(usual)
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        raise wrong(name, f"{name} 应为整数", f"`{name}` is a whole number")
    return int(typed)


def one_key(body: Mapping[str, Any]) -> str:
    """Return the key of a verification."""
    key = body.get("key")
    if not isinstance(key, str) or not key:
        raise wrong("key", "请给出主键值 key", "Give the `key`")
    return key


def keys_of(body: Mapping[str, Any]) -> list[str]:
    """Return the keys of a batch."""
    keys = body.get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        raise wrong("keys", "keys 应为主键值的列表", "`keys` is a list of key values")
    return keys


def wrong(name: str, zh: str, en: str) -> Refused:
    return Refused("gateway.call.filter", f"{zh}。", f"{en}.", field=name)
