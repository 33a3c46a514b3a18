"""The elements of the implementation list（实施清单要素，standards §2.1.3）of one matter, known or honestly not known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from zhengtong.apps.matters.codes import level_of
from zhengtong.apps.matters.shapes import ElementGroup, ElementLine, MatterShape
from zhengtong.apps.people.queries import region_name
from zhengtong.declared import Pack, Shared, Text, load_shared
from zhengtong.kit.calendar import Term
from zhengtong.kit.calendar.statutory import get_statutory_term

Words = tuple[str, str]


class Known(NamedTuple):
    """All that is known of a matter: itself, its pack if one runs it, and what packs share."""

    m: MatterShape
    p: Pack | None
    s: Shared


Getter = Callable[[Known], Words | None]
UNITS: dict[str, Words] = {
    "WORKDAY": ("个工作日", "workdays"),
    "CALENDAR_DAY": ("日", "days"),
    "HOUR": ("小时", "hours"),
    "MINUTE": ("分钟", "minutes"),
    "MONTH": ("个月", "months"),
    "YEAR": ("年", "years"),
}
AUDIENCES: dict[str, Words] = {
    "resident": ("自然人", "People"),
    "legal-entity": ("法人和其他组织", "Legal entities"),
    "both": ("自然人、法人和其他组织", "People and legal entities"),
}
YES, NO = ("是", "Yes"), ("否", "No")


def element_groups(matter: MatterShape, pack: Pack | None) -> tuple[ElementGroup, ...]:
    """Return the elements in the order of the standard; what nobody has given is None, not a blank that looks like an answer."""
    known = Known(matter, pack, load_shared(Path(settings.ZHENGTONG_PACKS[0])))
    return tuple(
        ElementGroup(
            zh,
            en,
            tuple(ElementLine(code, *names, *(get(known) or (None, None))) for code, names, get in rows),
        )
        for zh, en, rows in GROUPS
    )


def _text(value: Text | None) -> Words | None:
    return (value.zh, value.en) if value else None


def _same(value: Any) -> Words | None:
    return (str(value), str(value)) if value not in (None, "") else None


def _code(shared: Shared, name: str, value: str) -> Words | None:
    codes = shared.codes.get(name)
    return _text(codes.label(value)) if codes and value else None


def _codes(shared: Shared, name: str, values: tuple[str, ...]) -> Words | None:
    found = [words for value in values if (words := _code(shared, name, value))]
    return ("、".join(zh for zh, _ in found), ", ".join(en for _, en in found)) if found else None


def _days(n: int | None, unit: str) -> Words | None:
    if n is None:
        return None
    zh, en = UNITS.get(unit, UNITS["WORKDAY"])
    return f"{n} {zh}", f"{n} {en}"


def _term(term: Term | None) -> Words | None:
    if term is None:
        return None
    zh, en = _days(term.n, term.unit.value) or ("", "")
    basis = f"（{term.basis}）" if term.basis else ""
    return f"{zh}{basis}", f"{en}{basis}"


def _list(items: tuple[Text, ...]) -> Words | None:
    return ("；".join(item.zh for item in items), "; ".join(item.en for item in items)) if items else None


def _bool(value: bool | None) -> Words | None:
    return None if value is None else YES if value else NO


def _bases(pack: Pack | None) -> Words | None:
    said = "；".join(str(basis) for basis in pack.bases) if pack else ""
    return (said, said) if said else None


def _fees(pack: Pack | None) -> Words | None:
    if pack is None:
        return None
    if not pack.fees:
        return _text(pack.fee)
    zh = "；".join(f"{fee.title.zh}：{fee.standard.zh}（{fee.basis}）" for fee in pack.fees)
    return zh, "; ".join(f"{fee.title.en}: {fee.standard.en} ({fee.basis})" for fee in pack.fees)


def _sample(pack: Pack | None) -> Words | None:
    if pack is None:
        return None
    if pack.certificates:
        zh = "、".join(issue.title.zh for issue in pack.certificates)
        return f"{zh}（照面项见样本）", ", ".join(issue.title.en for issue in pack.certificates)
    return _text(pack.sample)


def _or(value: Words | None, pack: Pack | None, zh: str, en: str) -> Words | None:
    """Return the value; where a pack leaves it out on purpose, what that means; None when there is no pack to ask."""
    return value if value is not None or pack is None else (zh, en)


def _acceptance(known: Known) -> Words | None:
    """Return how long acceptance may take: what the pack says, else the law's days for telling what is missing."""
    if known.p is None or known.p.terms.acceptance is not None:
        return _term(known.p.terms.acceptance) if known.p else None
    return _term(get_statutory_term("LIC_SUPPLEMENT", on=known.p.since).term)


def _level(known: Known) -> str:
    """Return the level（行使层级 A.2）of the organisation that runs the pack, by its region; "" when unknown."""
    organisation = known.m.organisation
    if known.p is None or organisation is None:
        return ""
    region = organisation.region_code
    return "2" if region.endswith("0" * 10) else "3" if region.endswith("0" * 8) else "4"


def _task_code(known: Known) -> Words | None:
    """Return the implementation code（实施编码）: as listed, else organisation 18 + level 1 + catalogue code 12."""
    if known.m.task_code:
        return _same(known.m.task_code)
    level = _level(known)
    return _same(f"{known.m.department_uscc}{level}{known.m.catalog_code}") if level else None


def _region(known: Known) -> Words | None:
    code = known.m.region_code or (known.m.organisation.region_code if known.m.organisation else "")
    return (region_name(code, "zh"), region_name(code, "en")) if code else None


def _special(pack: Pack | None) -> Words | None:
    return _list(tuple(one.title for one in pack.handling.procedures)) if pack else None


def _extension(pack: Pack | None) -> Words | None:
    return _term(pack.handling.extension.most) if pack and pack.handling.extension else None


GROUPS: tuple[tuple[str, str, tuple[tuple[str, Words, Getter], ...]], ...] = (
    (
        "基本信息",
        "Basics",
        (
            ("task_name", ("事项名称", "Name"), lambda k: (k.m.title_zh, k.m.title_en or k.m.title_zh)),
            ("catalog_code", ("基本编码", "Catalogue code"), lambda k: _same(k.m.catalog_code)),
            ("task_code", ("实施编码", "Implementation code"), _task_code),
            ("task_version", ("版本", "Version"), lambda k: _same(k.m.version)),
            ("task_type", ("事项类型", "Type"), lambda k: _code(k.s, "task-type", k.m.task_type)),
            ("by_law", ("设定依据", "Legal basis"), lambda k: _bases(k.p)),
            ("use_level", ("行使层级", "Level"), lambda k: _text(level_of(k.m.task_code)) or _code(k.s, "task-level", _level(k))),
            ("dept_name", ("实施主体", "Department"), lambda k: (k.m.organisation.name_zh, k.m.organisation.name_en) if k.m.organisation else _same(k.m.department_name)),
            ("dept_code", ("实施主体代码", "Department code"), lambda k: _same(k.m.department_uscc)),
            ("region", ("所在区划", "Region"), _region),
            ("server_type", ("服务对象", "Whom it serves"), lambda k: AUDIENCES.get(k.m.audience)),
            ("plan_effective_date", ("生效日期", "In force from"), lambda k: _same(k.p.since) if k.p else None),
            ("plan_cancel_date", ("失效日期", "In force until"), lambda k: _or(_same(k.p.until) if k.p else None, k.p, "长期", "Until further notice")),
        ),
    ),
    (
        "时限",
        "Terms",
        (
            ("anticipate_day", ("法定办结时限", "Statutory term"), lambda k: _term(k.p.terms.statutory) if k.p else _days(k.m.statutory_days, k.m.statutory_unit)),
            ("promise_day", ("承诺办结时限", "Promised term"), lambda k: _term(k.p.terms.promised) if k.p else _days(k.m.promised_days, k.m.promised_unit)),
            ("acceptance_day", ("受理（一次性告知）时限", "Term of acceptance"), _acceptance),
            ("special_procedure", ("特别程序", "Special procedures"), lambda k: _or(_special(k.p), k.p, "无", "None")),
            ("extension", ("可延长", "May be extended by"), lambda k: _or(_extension(k.p), k.p, "不可延长", "It may not be")),
        ),
    ),
    (
        "条件与办理",
        "Conditions and handling",
        (
            ("accept_condition", ("受理条件", "Conditions"), lambda k: _list(k.p.conditions) if k.p else None),
            ("project_type", ("办件类型", "Kind of case"), lambda k: _code(k.s, "case-kind", k.p.service.kind) if k.p else None),
            ("handle_type", ("办理形式", "How it is handled"), lambda k: _codes(k.s, "channel", k.p.service.channels) if k.p else None),
            ("online_handle_depth", ("网上办理深度", "Online depth"), lambda k: _code(k.s, "online-depth", str(k.p.service.depth)) if k.p else None),
            ("limit_scene_num", ("到办事现场次数", "Visits"), lambda k: _same(k.m.visits)),
            ("limit_scene_explain", ("必须到现场的原因", "Why a visit is needed"), lambda k: _or(_text(k.p.service.visit_reason) if k.p else None, k.p, "不用到场", "No visit is needed")),
            ("handle_area", ("通办范围", "Handed in anywhere in"), lambda k: _or(_same(k.p.handling.cross_region) if k.p else None, k.p, "本地", "This place alone")),
            ("is_schedule", ("支持预约", "By appointment"), lambda k: _bool(k.p.handling.appointment) if k.p else None),
            ("is_express", ("支持寄递结果", "Result by post"), lambda k: _bool("post" in k.p.handling.delivery) if k.p else None),
            ("fee", ("收费", "Fee"), lambda k: _fees(k.p)),
            ("is_pay_online", ("支持网上支付", "Paid online"), lambda k: _bool(k.p.handling.payment is not None) if k.p else None),
        ),
    ),
    (
        "结果与监督",
        "Result and supervision",
        (
            ("result_name", ("结果名称", "Result"), lambda k: _text(k.p.result) if k.p else None),
            ("result_type", ("结果类型", "Kind of result"), lambda k: _code(k.s, "result-kind", k.p.result_kind) if k.p else None),
            ("result_guid", ("结果样本", "Sample"), lambda k: _sample(k.p)),
            ("link_way", ("咨询电话", "Number to ask"), lambda k: _same(k.p.service.consult) if k.p else None),
            ("supervise_way", ("监督投诉电话", "Number to complain"), lambda k: _same(k.p.service.complain) if k.p else None),
            ("faq", ("常见问题", "Common questions"), lambda k: _same(len(k.p.faq)) if k.p else None),
        ),
    ),
)  # fmt: skip
