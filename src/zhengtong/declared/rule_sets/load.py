"""Rule-set folders read（装载规则集）; what cannot be read is refused with its file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhengtong.declared.rule_sets.shapes import (
    Dimension,
    ParameterHistory,
    PopulationUse,
    RuleCase,
    RuleSet,
    RuleSource,
)
from zhengtong.declared.shapes import Text
from zhengtong.declared.yaml_source import read_source
from zhengtong.kit import Refused

MANIFEST = "rule-set.yaml"


def list_rule_folders(root: Path) -> list[Path]:
    """Return the folders that hold a rule set, by name."""
    return sorted(path.parent for path in root.glob(f"*/{MANIFEST}"))


def load_rule_sets(root: Path) -> list[RuleSet]:
    """Return every rule set under a packs folder."""
    return [load_rule_set(folder) for folder in list_rule_folders(root)]


def load_rule_set(folder: Path) -> RuleSet:
    """Return the rule set of a folder; refused when a file cannot be read or lacks what it must say."""
    paths = [folder / MANIFEST, *(path for part in ("rules", "parameters", "cases") for path in _yaml(folder / part))]
    if not paths[0].is_file():
        raise Refused(
            "declared.rules.not-found",
            f"{folder.name} 里没有 {MANIFEST}，不是一个规则集。请指向含有它的文件夹。",
            f"{folder.name} holds no {MANIFEST}, so it is no rule set. Point to a folder that has one.",
            status=404,
        )
    read = {
        path.relative_to(folder).as_posix(): _exact(read_source(path, f"{folder.name}/{path.name}").value)
        for path in paths
    }
    texts = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    try:
        return _made(read, texts)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Refused(
            "declared.rules.malformed",
            f"规则集 {folder.name} 缺少或写错了一项：{fault}。请照 packs/README.md 的格式补上。",
            f"The rule set {folder.name} lacks or miswrites a member: {fault}. Write it as packs/README.md shows.",
            facts={"folder": folder.name},
        ) from fault


def rule_set_from_files(files: Mapping[str, str]) -> RuleSet:
    """Return the rule set that texts by path make: a published version, read again."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-rules-") as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_rule_set(Path(folder))


def _yaml(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _exact(value: Any) -> Any:
    """Return the value with decimals for what YAML reads as floats: the shortest text of a float is what was written."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    return [_exact(item) for item in value] if isinstance(value, list) else value


def _made(read: Mapping[str, Any], texts: Mapping[str, str]) -> RuleSet:
    head = read[MANIFEST]
    parameters: dict[str, ParameterHistory] = {}
    for name, said in _parts(read, "parameters"):
        for parameter, entry in (said or {}).items():
            if parameter in parameters:
                raise ValueError(f"{name}: {parameter}")
            parameters[parameter] = ParameterHistory(parameter, _text(entry["title"]), tuple(entry["values"]))
    return RuleSet(
        id=str(head["id"]),
        title=_text(head["title"]),
        summary=_text(head["summary"]),
        owner=str(head["owner"]),
        sources=tuple(RuleSource(name, said) for name, said in _parts(read, "rules")),
        parameters=parameters,
        cases=tuple(_case(entry) for _, said in _parts(read, "cases") for entry in said),
        unit=_text(head["unit"]),
        files=dict(texts),
        population=_population(head.get("population")),
        sample=head.get("sample") or {},
        words={str(code): _text(said) for code, said in (head.get("words") or {}).items()},
    )


def _parts(read: Mapping[str, Any], folder: str) -> list[tuple[str, Any]]:
    return [(name, said) for name, said in read.items() if name.startswith(f"{folder}/")]


def _text(said: Any) -> Text:
    return Text(str(said["zh"]), str(said["en"]))


def _case(entry: Mapping[str, Any]) -> RuleCase:
    return RuleCase(
        str(entry["id"]),
        _text(entry["title"]),
        date.fromisoformat(str(entry["on"])),
        entry["given"],
        str(entry.get("region", "")),
        entry.get("expect"),
        str(entry.get("refuse", "")),
    )


def _population(said: Mapping[str, Any] | None) -> PopulationUse | None:
    if said is None:
        return None
    if said["paid_by"] not in ("people", "government"):
        raise ValueError(f"paid_by: {said['paid_by']}")
    return PopulationUse(
        resource=str(said["resource"]),
        key=str(said["key"]),
        columns=dict(said["columns"]),
        amount=str(said["amount"]),
        paid_by=str(said["paid_by"]),
        rank=str(said.get("rank", "")),
        eligible=str(said.get("eligible", "")),
        weight=str(said.get("weight", "")),
        by=tuple(Dimension(str(one["column"]), _text(one["title"])) for one in said.get("by", ())),
    )
