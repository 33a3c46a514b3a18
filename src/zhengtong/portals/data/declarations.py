"""An uploaded declaration as a mapping（资源声明）: YAML or JSON, code lists looked up among the site's packs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from zhengtong.declared import load_shared
from zhengtong.declared.yaml_source import read_source
from zhengtong.kit import Refused

MOST_BYTES = 512 * 1024


def read_declaration(text: str) -> dict[str, Any]:
    """Return a resource's declaration, with the name of each code list replaced by its codes.

    Refused, beside what `read_mapping` refuses, when it names a code list the site does not have.
    """
    declared = read_mapping(text)
    return {**declared, "fields": with_code_lists(declared.get("fields"))}


def read_mapping(text: str) -> dict[str, Any]:
    """Return what is written in YAML or JSON; refused when it cannot be parsed (with the line) or is not a mapping."""
    if not text.strip():
        raise wrong("请粘贴或上传声明。", "Paste or upload the declaration.")
    if len(text.encode()) > MOST_BYTES:
        raise wrong("声明不能超过 512 KB。", "A declaration may not exceed 512 KB.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("declaration.json" if text.lstrip().startswith("{") else "declaration.yaml")
        path.write_text(text, encoding="utf-8")
        declared = read_source(path, "声明").value
    if not isinstance(declared, dict):
        raise wrong("声明应是“名称: 值”的列表。", "A declaration is a mapping of names to values.")
    return declared


def with_code_lists(fields: Any) -> Any:
    """Return the fields with each named code list replaced by code → Chinese words."""
    if not isinstance(fields, list):
        return fields
    known = {name: one for folder in settings.ZHENGTONG_PACKS for name, one in load_shared(Path(folder)).codes.items()}
    return [with_code_list(item, known) for item in fields]


def with_code_list(item: Any, known: dict[str, Any]) -> Any:
    named = item.get("code_list") if isinstance(item, dict) else None
    if not isinstance(named, str) or not named:
        return item
    if named not in known:
        raise wrong(
            f"代码表“{named}”不存在，可用：{'、'.join(sorted(known))}。",
            f"There is no code list {named!r}; known: {', '.join(sorted(known))}.",
        )
    return {**item, "code_list": {code: words.zh for code, words in known[named].items}}


def wrong(zh: str, en: str) -> Refused:
    return Refused("portal.data.declaration", zh, en, field="declaration")
