"""What a guide can say of a matter that was only brought in（导入事项的指南）: known lines, and honestly what is not known."""

from __future__ import annotations

from zhengtong.apps.matters.codes import level_of, task_types
from zhengtong.apps.matters.shapes import GuideFact, MatterShape
from zhengtong.apps.people.queries import region_name

# what a full implementation list（实施清单）says and the list brought in does not
UNKNOWN: tuple[tuple[str, str, str], ...] = (
    ("promised_days", "承诺办结时限", "How long it takes"),
    ("statutory_days", "法定办结时限", "How long the law allows"),
    ("visits", "到现场次数", "Visits needed"),
    ("conditions", "受理条件", "Who may apply"),
    ("materials", "申请材料", "What to bring"),
    ("fee", "收费标准", "What it costs"),
    ("bases", "设定依据", "Legal basis"),
)


def known_facts(matter: MatterShape) -> tuple[GuideFact, ...]:
    """Return the lines that are known, in the order a person asks: who, what kind, where, under which codes."""
    types = task_types()
    kind = types.label(matter.task_type)
    level = level_of(matter.task_code)
    facts = (
        GuideFact("department", "办理部门", "Department", matter.department_name, matter.department_name),
        GuideFact("task_type", "事项类型", "Type", kind.zh if kind else "", kind.en if kind else ""),
        GuideFact("level", "行使层级", "Level", level.zh if level else "", level.en if level else ""),
        GuideFact(
            "region",
            "所在区划",
            "Region",
            region_name(matter.region_code, "zh") if matter.region_code else "",
            region_name(matter.region_code, "en") if matter.region_code else "",
        ),
        GuideFact("main_item", "主项名称", "Belongs to", matter.main_item, matter.main_item),
        GuideFact("catalog_code", "事项编码", "Catalogue code", matter.catalog_code, matter.catalog_code),
        GuideFact("task_code", "实施编码", "Implementation code", matter.task_code, matter.task_code),
        GuideFact("uscc", "实施主体代码", "Department code", matter.department_uscc, matter.department_uscc),
    )
    return tuple(fact for fact in facts if fact.value_zh)


def unknown_facts(matter: MatterShape) -> tuple[tuple[str, str], ...]:
    """Return the lines nobody has given, in Chinese and English; the page says whom to ask instead of leaving blanks."""
    return tuple((zh, en) for key, zh, en in UNKNOWN if getattr(matter, key, None) is None)
