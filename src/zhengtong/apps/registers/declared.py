"""Base registers as data（基础库声明）: packs/_shared/registers/*.yaml, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from zhengtong.apps.registers.shapes import FieldSpec, RegisterSpec, SourceSpec
from zhengtong.kit import Refused
from zhengtong.tables.linkage import get_rules


def list_specs(folders: Iterable[Path]) -> list[RegisterSpec]:
    """Return the declared registers; the first folder that has a name wins."""
    found: dict[str, RegisterSpec] = {}
    for folder in folders:
        for path in sorted(Path(folder, "_shared", "registers").glob("*.yaml")):
            spec = to_spec(yaml.safe_load(path.read_text("utf-8")), path.name)
            found.setdefault(spec.name, spec)
    return list(found.values())


def to_spec(said: Mapping[str, Any], where: str) -> RegisterSpec:
    """Return the register a declaration says; what is wrong is refused with its place."""
    try:
        sources = tuple(
            SourceSpec(
                one["name"],
                one["resource"],
                one["key"],
                bool(one["distinct"]),
                dict(one["fields"]),
                one.get("updated", ""),
            )
            for one in said["sources"]
        )
        fields = tuple(
            FieldSpec(
                {key: value for key, value in one.items() if key not in ("take", "rule", "agrees")},
                tuple((source, column) for source, column in one["take"]),
                one.get("rule", "first"),
                bool(one.get("agrees")),
            )
            for one in said["fields"]
        )
        spec = RegisterSpec(said["name"], said["kind"], said["owner"], dict(said["resource"]), sources, fields)
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong(where, f"缺少 {error}", f"{error} is missing") from error
    known, rules = {one.name for one in sources}, get_rules(spec.kind)
    for field in fields:
        if unknown := [source for source, _ in field.takes if source not in known]:
            raise _wrong(
                where, f"{field.name} 取自未声明的来源 {unknown[0]}", f"{field.name} is taken from {unknown[0]!r}"
            )
    for source in sources:
        if unknown := sorted(set(source.fields) - set(rules.fields)):
            raise _wrong(
                where, f"{source.name} 的比对项 {unknown[0]} 不认识", f"{source.name} links by unknown {unknown[0]!r}"
            )
    return spec


def _wrong(where: str, zh: str, en: str) -> Refused:
    return Refused(
        "registers.declare.wrong", f"基础库声明 {where} 有误：{zh}。", f"The register {where} is wrong: {en}."
    )
