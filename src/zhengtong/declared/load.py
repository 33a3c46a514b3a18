"""A pack folder read into a Pack（装载）; what cannot be read is refused with its file and line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from zhengtong.declared.assemble import assemble
from zhengtong.declared.assembled import Assembled
from zhengtong.declared.shapes import Finding, Pack, Text
from zhengtong.declared.shared import FOLDER, Shared, load_shared
from zhengtong.kit import Refused
from zhengtong.kit.canonical import digest


def load_pack(folder: Path, shared: Shared | None = None) -> Pack:
    """Return the pack of a folder; refused with the first finding when it cannot be read whole."""
    pack, work = read_pack(folder, shared or load_shared(folder.parent))
    if pack is None or work.findings:
        raise _unreadable(folder, work.findings)
    return pack


def load_packs(root: Path) -> list[Pack]:
    """Return every pack under a packs folder, the parts of a one-thing before the one-thing."""
    shared = load_shared(root)
    packs = [load_pack(folder, shared) for folder in list_folders(root)]
    return sorted(packs, key=lambda pack: (pack.kind == "one-thing", pack.id))


def list_folders(root: Path) -> list[Path]:
    """Return the folders that hold a pack, by name."""
    return sorted(path.parent for path in root.glob("*/pack.yaml") if path.parent.name != FOLDER)


def pack_from_canonical(plain: dict[str, Any]) -> Pack:
    """Return the pack a canonical form describes; refused when a member is missing or of the wrong kind."""
    try:
        pack = msgspec.convert(plain, Pack)
    except msgspec.ValidationError as fault:
        raise Refused(
            code="declared.canonical.malformed",
            zh=f"事项包的规范形式读不出来：{fault}。请用“zhengtong packs check”检查后重新发布",
            en=f"The canonical form of the pack cannot be read: {fault}. Run `zhengtong packs check` and publish again",
        ) from fault
    vars(pack)["digest"] = digest(plain)
    return pack


def read_pack(folder: Path, shared: Shared) -> tuple[Pack | None, Assembled]:
    """Return the pack (None when its shape is wrong) and the assembled sources with their findings."""
    if not (folder / "pack.yaml").exists():
        raise Refused(
            code="declared.pack.not-found",
            zh=f"{folder.name} 里没有 pack.yaml，不是一个事项包。请指向含有 pack.yaml 的文件夹",
            en=f"{folder.name} holds no pack.yaml, so it is not a pack. Point to a folder that has one",
            status=404,
        )
    work = assemble(folder, shared)
    try:
        return msgspec.convert(work.plain, Pack), work
    except msgspec.ValidationError as fault:
        work.findings.append(_misshapen(work, str(fault)))
        return None, work


def _misshapen(work: Assembled, problem: str) -> Finding:
    """Turn msgspec's "… - at `$.terms.promised.n`" into a finding on the line of that member."""
    what, _, at = problem.partition(" - at ")
    steps = re.findall(r"\[(\d+)\]|\.?([A-Za-z_][\w-]*)", at.strip("`").removeprefix("$"))
    place = tuple(int(number) if number else name for number, name in steps)
    file, line = work.where(place)
    where = ".".join(str(step) for step in place) or "pack"
    return Finding(
        file,
        line,
        "shape",
        Text(f"{where} 的写法不对（{what}）", f"{where} is not written as it should be ({what})"),
        Text("平台读不懂这一项，事项包不能装载", "the platform cannot read it, so the pack does not load"),
        Text("照 packs/README.md 中这一项的格式改写", "write it as packs/README.md shows for this member"),
    )


def _unreadable(folder: Path, findings: list[Finding]) -> Refused:
    first = findings[0]
    return Refused(
        code="declared.pack.unreadable",
        zh=f"事项包 {folder.name} 有 {len(findings)} 处问题，第一处：{first}",
        en=f"The pack {folder.name} has {len(findings)} faults, the first: {first.file}:{first.line} {first.wrong.en}. "
        f"{first.instead.en}",
        facts={"findings": [f"{finding.file}:{finding.line}" for finding in findings]},
    )
