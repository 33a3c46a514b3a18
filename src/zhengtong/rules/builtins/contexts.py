"""Context builtins（上下文函数）, DMN 1.5 table 79."""

from __future__ import annotations

from typing import Any

from zhengtong.rules.builtins.declare import builtin


@builtin("get value", "m: context, key: string", "Any")
def get_value(m: dict[str, Any], key: str) -> Any:
    """the value of that key, null when there is none"""
    return m.get(key)


@builtin("get entries", "m: context", "list")
def get_entries(m: dict[str, Any]) -> list[dict[str, Any]]:
    """the entries as a list of {key, value}"""
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: list", "context")
def context(entries: list[Any]) -> dict[str, Any] | None:
    """the context of a list of {key, value}; null for a key twice or an entry that is none"""
    made: dict[str, Any] = {}
    for entry in entries:
        if type(entry) is not dict or not {"key", "value"} <= entry.keys() or type(entry["key"]) is not str:
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@builtin("context put", "context: context, key: string, value: any", "context")
def context_put(m: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """the context with that entry added or replaced"""
    return {**m, key: value}


@builtin("context put", "context: context, keys: list, value: any", "context")
def context_put_path(m: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    """the context with the entry at that path of keys added or replaced"""
    if not keys or type(keys[0]) is not str:
        return None
    if len(keys) == 1:
        return {**m, keys[0]: value}
    inner = m.get(keys[0])
    if type(inner) is not dict:
        return None
    changed = context_put_path(inner, keys[1:], value)
    return None if changed is None else {**m, keys[0]: changed}


@builtin("context merge", "contexts: list", "context")
def context_merge(contexts: list[Any]) -> dict[str, Any] | None:
    """the entries of all contexts, later ones winning"""
    merged: dict[str, Any] = {}
    for item in contexts:
        if type(item) is not dict:
            return None
        merged.update(item)
    return merged
