"""Materials are few, named, bounded, and spared by things that exist（材料检查）."""

from __future__ import annotations

from collections.abc import Iterator

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.shapes import Finding, MaterialNeed
from zhengtong.declared.yaml_source import Place

CONCERN = "materials"
NEEDS = frozenset({"required", "optional", "tolerated"})
FORMATS = frozenset({"pdf", "jpg", "png", "ofd", "docx", "xlsx"})
MOST_BYTES = 50 * 1024 * 1024
# 安阳市政务服务条例第十三条：不得有“其他材料”“有关材料”等兜底条款
CATCH_ALL = ("其他材料", "有关材料", "相关材料", "其它材料", "等材料")


def check_materials(ground: Ground) -> Iterator[Finding]:
    """Yield replacements that do not exist, unknown formats, sizes out of bounds, catch-all names."""
    for at, need in enumerate(ground.pack.materials):
        place: Place = ("materials", at)
        yield from _replacement(ground, (*place, "replaced_by"), need)
        if need.need not in NEEDS or not set(need.formats) <= FORMATS or not need.formats:
            yield ground.finding(
                CONCERN,
                place,
                (f"{need.id} 的必要性或文件格式不在允许之列", f"{need.id} has an unknown need or file format"),
                ("申请人上传什么都会被退回", "whatever is uploaded would be turned back"),
                (
                    f"need 用 {'、'.join(sorted(NEEDS))}；formats 用 {'、'.join(sorted(FORMATS))}",
                    f"need is {', '.join(sorted(NEEDS))}; formats are {', '.join(sorted(FORMATS))}",
                ),
            )
        if not 0 < need.max_bytes <= MOST_BYTES:
            yield ground.finding(
                CONCERN,
                (*place, "max_bytes"),
                (f"{need.id} 的大小上限不合理", f"the size limit of {need.id} makes no sense"),
                ("太小传不上，太大会拖垮服务", "too small nothing fits, too large the service suffers"),
                (f"写 1 到 {MOST_BYTES} 之间的字节数", f"write a number of bytes from 1 to {MOST_BYTES}"),
            )
        if any(word in need.title.zh for word in CATCH_ALL):
            yield ground.finding(
                CONCERN,
                place,
                (f"“{need.title.zh}”是兜底条款", f'"{need.title.zh}" is a catch-all'),
                ("清单之外不得索要材料", "nothing outside the list may be asked for"),
                ("写明具体是什么材料，或者删去", "name the material, or remove it"),
            )


def _replacement(ground: Ground, place: Place, need: MaterialNeed) -> Iterator[Finding]:
    if not need.replaced_by:
        return
    kind, _, name = need.replaced_by.partition(":")
    exists = {
        "data": name in {use.id for use in ground.pack.data_uses},
        "certificate": name in ground.work.shared.certificate_types,
    }
    if not exists.get(kind, False):
        yield ground.finding(
            CONCERN,
            place,
            (
                f"{need.id} 的替代来源 {need.replaced_by} 不存在",
                f"{need.id} is spared by {need.replaced_by}, which does not exist",
            ),
            ("承诺的免交兑现不了", "the promise to spare it could not be kept"),
            ("写 data:数据调用编号，或 certificate:证照类型", "write data:<use> or certificate:<type>"),
        )
