"""Packs checked（事项包检查）: one checker per concern, each finding with file, line, what, why and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from zhengtong.declared.checks.bases import check_bases
from zhengtong.declared.checks.certificates import check_certificates
from zhengtong.declared.checks.checklist import check_checklist
from zhengtong.declared.checks.commons import check_shared
from zhengtong.declared.checks.data import check_data
from zhengtong.declared.checks.drawing import check_drawing
from zhengtong.declared.checks.elements import check_elements
from zhengtong.declared.checks.expressions import check_expressions
from zhengtong.declared.checks.golden import check_golden
from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.checks.handling import check_handling
from zhengtong.declared.checks.materials import check_materials
from zhengtong.declared.checks.pages import check_pages
from zhengtong.declared.checks.parts import check_parts
from zhengtong.declared.checks.proactive import check_proactive
from zhengtong.declared.checks.schema import check_schema
from zhengtong.declared.checks.terms import check_terms
from zhengtong.declared.checks.words import check_words
from zhengtong.declared.load import list_folders, read_pack
from zhengtong.declared.shapes import Finding, Pack, Text
from zhengtong.declared.shared import Shared, load_shared
from zhengtong.declared.yaml_source import read_source
from zhengtong.kit import Refused

__all__ = ["CHECKERS", "check_pack", "check_packs"]

Checker = Callable[[Ground], Iterator[Finding]]
CHECKERS: Mapping[str, Checker] = {
    "schema": check_schema,
    "pages": check_pages,
    "feel": check_expressions,
    "bases": check_bases,
    "data": check_data,
    "materials": check_materials,
    "certificates": check_certificates,
    "handling": check_handling,
    "flow": check_drawing,
    "parts": check_parts,
    "proactive": check_proactive,
    "terms": check_terms,
    "texts": check_words,
    "checklist": check_checklist,
    "elements": check_elements,
}


def check_packs(root: Path) -> list[Finding]:
    """Return the findings of every pack under a packs folder, by file and line; none means all may be published."""
    try:
        shared = load_shared(root)
    except Refused as refused:
        return [_unreadable(root, refused)]
    neighbours = _read(root, [folder.name for folder in list_folders(root)], shared)
    of_shared = sorted(check_shared(shared), key=lambda finding: (finding.file, finding.line))
    return of_shared + [finding for folder in list_folders(root) for finding in _check(folder, shared, neighbours)]


def check_pack(folder: Path) -> list[Finding]:
    """Return the findings of one pack, by file and line; of its neighbours only its own parts are read."""
    try:
        shared = load_shared(folder.parent)
    except Refused as refused:
        return [_unreadable(folder.parent, refused)]
    return _check(folder, shared, _read(folder.parent, _parts_named(folder), shared))


def _check(folder: Path, shared: Shared, neighbours: Mapping[str, Pack]) -> list[Finding]:
    try:
        pack, work = read_pack(folder, shared)
    except Refused as refused:
        return [_unreadable(folder, refused)]
    findings = list(work.findings)
    if pack is not None:
        ground = Ground(pack, work, neighbours)
        for check in CHECKERS.values():
            findings.extend(check(ground))
        if not findings:  # a case can only be played on a pack that is otherwise sound
            findings.extend(check_golden(ground))
    return sorted(findings, key=lambda finding: (finding.file, finding.line))


def _parts_named(folder: Path) -> list[str]:
    """Return the packs that a one-thing names as its parts; none when its pack.yaml cannot be read."""
    path = folder / "pack.yaml"
    try:
        given = read_source(path, path.name).value if path.exists() else {}
    except Refused:
        return []
    parts = given.get("parts") if isinstance(given, dict) else None
    return [str(part.get("pack", "")) for part in parts or () if isinstance(part, dict)]


def _read(root: Path, names: Iterable[str], shared: Shared) -> dict[str, Pack]:
    """Return the packs that can be read; the others are reported where they stand."""
    found: dict[str, Pack] = {}
    for name in dict.fromkeys(names):
        try:
            pack, _ = read_pack(root / name, shared)
        except Refused:
            continue
        if pack is not None:
            found[pack.id] = pack
    return found


def _unreadable(where: Path, refused: Refused) -> Finding:
    return Finding(
        file=str(refused.facts.get("file", f"{where.parent.name}/{where.name}")),
        line=int(refused.facts.get("line", 1)),
        concern="source",
        wrong=Text(refused.zh, refused.en),
        why=Text("读不了的文件等于没有声明", "a file that cannot be read declares nothing"),
        instead=Text("先改正格式，再检查", "correct the format, then check again"),
    )
