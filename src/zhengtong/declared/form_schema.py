"""The form's JSON Schema made self-contained（表单模式）: shared fields and code lists written into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengtong.declared.shared import CodeList
from zhengtong.declared.yaml_source import Place
from zhengtong.kit import Refused

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class SchemaResolver:
    """Writes out references and code lists; `unknown` hears of a code list that does not exist."""

    codes: dict[str, CodeList]
    unknown: Callable[[Place, str], None]

    def resolve(self, schema: Any, base: Path) -> dict[str, Any]:
        """Return the schema with every `$ref` to a file and every `x-code-list` written out.

        What stands beside a `$ref` wins over what it refers to, so a pack may retitle a shared field.
        """
        if not schema:
            return {"$schema": DIALECT, "type": "object", "properties": {}}
        resolved: dict[str, Any] = self._resolve(schema, base, ())
        return resolved

    def _resolve(self, node: Any, base: Path, place: Place) -> Any:
        if isinstance(node, list):
            return [self._resolve(item, base, (*place, at)) for at, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            target, target_base = _follow(node["$ref"], base)
            own = {key: value for key, value in node.items() if key != "$ref"}
            return self._resolve({**target, **own}, target_base, place)
        resolved = {key: self._resolve(value, base, (*place, key)) for key, value in node.items()}
        if "x-code-list" in resolved:
            resolved.update(self._choices(resolved["x-code-list"], place))
        return resolved

    def _choices(self, name: str, place: Place) -> dict[str, Any]:
        codes = self.codes.get(name)
        if codes is None:
            self.unknown(place, name)
            return {}
        return {
            "enum": list(codes.codes),
            "x-enum-zh": [words.zh for _, words in codes.items],
            "x-enum-en": [words.en for _, words in codes.items],
        }


def _follow(reference: str, base: Path) -> tuple[dict[str, Any], Path]:
    """Return the definition `file.json#/a/b` and the folder its own references start from."""
    name, _, pointer = reference.partition("#")
    path = (base / name).resolve()
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        for step in pointer.strip("/").split("/"):
            found = found[step]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Refused(
            code="declared.schema.unknown-ref",
            zh=f"表单引用的 {reference} 不存在，请检查文件名和 # 后面的路径",
            en=f"The form refers to {reference}, which does not exist; check the file name and the path after #",
            field="$ref",
        ) from fault
    return found, path.parent
