"""The parts of a one-thing exist, wait for one another without circles, and get their forms filled（联办检查）."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhengtong.declared.checks.ground import Ground, form_paths
from zhengtong.declared.shapes import Finding, Pack, Part
from zhengtong.declared.walk import is_required, order_of
from zhengtong.declared.yaml_source import Place

CONCERN = "parts"
NAME = re.compile(r"[a-z][a-z0-9_]*")
PARTS_IN = re.compile(r"\bparts\.([a-z][a-z0-9_]*)\.")


def check_parts(ground: Ground) -> Iterator[Finding]:
    """Yield what keeps the parts from running: kind, names, order, forms."""
    pack = ground.pack
    if (pack.kind == "one-thing") != bool(pack.parts):
        yield ground.finding(
            CONCERN,
            ("kind",),
            ("一件事要有 parts，单个事项不能有", "a one-thing has parts, a matter has none"),
            ("平台不知道怎么分办", "the platform cannot tell how to split it"),
            ("改 kind，或补上、删去 parts", "change kind, or add or remove parts"),
        )
    ids = {part.id for part in pack.parts}
    for at, part in enumerate(pack.parts):
        yield from _names(ground, ("parts", at), part, ids)
        neighbour = ground.neighbours.get(part.pack)
        if neighbour is not None:
            yield from _maps(ground, ("parts", at, "maps"), part, neighbour)
    stuck = ids - {id for wave in order_of(pack.parts) for id in wave}
    if stuck:
        yield ground.finding(
            CONCERN,
            ("parts",),
            (f"{'、'.join(sorted(stuck))} 互相等待", f"{', '.join(sorted(stuck))} wait for one another"),
            ("这些事项永远不会开始", "they would never begin"),
            ("去掉 after 里绕回来的一条", "remove the entry of after that closes the circle"),
        )


def _names(ground: Ground, place: Place, part: Part, ids: set[str]) -> Iterator[Finding]:
    faults = []
    if not NAME.fullmatch(part.id):
        faults.append(("id", f"编号 {part.id} 不能写进表达式", f"the id {part.id} cannot stand in an expression"))
    if part.pack not in ground.neighbours:
        faults.append(("pack", f"事项包 {part.pack} 不存在", f"there is no pack {part.pack}"))
    faults += [
        ("after", f"前置环节 {other} 不存在", f"there is no part {other} to wait for")
        for other in part.after
        if other not in ids
    ]
    for member, zh, en in faults:
        yield ground.finding(
            CONCERN,
            (*place, member),
            (zh, en),
            ("这个环节开不出来", "the part could not be opened"),
            (
                "编号用小写字母、数字和下划线；引用已有的包和环节",
                "ids use a–z, 0–9, _; refer to packs and parts that exist",
            ),
        )


def _maps(ground: Ground, place: Place, part: Part, neighbour: Pack) -> Iterator[Finding]:
    known = set(form_paths(neighbour))
    for path, text in part.maps.items():
        late = set(PARTS_IN.findall(text)) - set(part.after)
        if path not in known or late:
            yield ground.finding(
                CONCERN,
                (*place, path),
                (
                    f"{part.pack} 没有字段 {path}"
                    if path not in known
                    else f"用到了没有列入 after 的 {'、'.join(sorted(late))}",
                    f"{part.pack} has no field {path}"
                    if path not in known
                    else f"it uses {', '.join(sorted(late))}, not in after",
                ),
                ("子事项的表单会填错或缺值", "the part's form would be wrong or incomplete"),
                ("改字段名，或把前置环节写进 after", "correct the field, or name the earlier part in after"),
            )
    for path in sorted(known - set(part.maps)):
        if is_required(neighbour, path):
            yield ground.finding(
                CONCERN,
                place,
                (f"{part.pack} 必填的 {path} 没有来源", f"nothing gives {path}, which {part.pack} requires"),
                (
                    "子事项开出来就缺材料，群众要再填一次",
                    "the part would open incomplete and people would be asked again",
                ),
                (f"在 maps 里写 {path}: 加表达式", f"write {path}: and an expression in maps"),
            )
