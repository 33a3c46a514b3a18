"""What a guide says of a matter（办事指南）: materials and who brings them, data read for you, terms in words."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people import queries as people
from zhengtong.declared.shapes import MaterialNeed, Pack, Part
from zhengtong.kit import Refused
from zhengtong.kit.calendar import Term
from zhengtong.portals.citizen.contexts import DataUseLine, MaterialLine, PartLine
from zhengtong.portals.ui.languages import words_of
from zhengtong.portals.ui.pages import clock


def site_region() -> str:
    """Return the region the site serves."""
    return str(getattr(settings, "ZHENGTONG_REGION", ""))


def pack_in_force(request: HttpRequest, code: str) -> Pack:
    """Return the version of a pack in force now, for the applicant's region as far as it is known."""
    return matters.get_pack(code, on=clock(request).date(), region_code=site_region())


def say_term(term: Term | None) -> str:
    """Return a term in words: "8 个工作日"."""
    if term is None:
        return ""
    return say_days(term.n, term.unit.value)


def say_days(n: int | None, unit: str) -> str:
    """Return a number of days in words; "" when nobody said."""
    if n is None:
        return ""
    words = {
        "WORKDAY": ngettext("%(n)d 个工作日", "%(n)d 个工作日", n),
        "CALENDAR_DAY": ngettext("%(n)d 天", "%(n)d 天", n),
        "HOUR": ngettext("%(n)d 小时", "%(n)d 小时", n),
        "MINUTE": ngettext("%(n)d 分钟", "%(n)d 分钟", n),
        "MONTH": ngettext("%(n)d 个月", "%(n)d 个月", n),
        "YEAR": ngettext("%(n)d 年", "%(n)d 年", n),
    }
    return words.get(unit, ngettext("%(n)d 个工作日", "%(n)d 个工作日", n)) % {"n": n}


def material_lines(pack: Pack) -> tuple[MaterialLine, ...]:
    """Return each material with what the applicant must do about it."""
    return tuple(_material(need) for need in pack.materials)


def _material(need: MaterialNeed) -> MaterialLine:
    if need.replaced_by:
        way, tone = _("查到就不用交"), "lv"
    elif need.need == "required":
        way, tone = (_("看情况上传"), "plain") if need.when else (_("需上传"), "he")
    elif need.need == "tolerated":
        way, tone = _("可以先办后补"), "dai"
    else:
        way, tone = _("选交"), "plain"
    given = need.help
    return MaterialLine(need.title.zh, need.title.en, given.zh if given else "", given.en if given else "", way, tone)


def data_use_lines(pack: Pack) -> tuple[DataUseLine, ...]:
    """Return which data are read, from whom, what for, on which basis."""
    lines = []
    for use in pack.data_uses:
        zh, en = _resource_title(use.resource)
        lines.append(DataUseLine(use.purpose.zh, use.purpose.en, zh, en, str(use.basis)))
    return tuple(lines)


def _resource_title(code: str) -> tuple[str, str]:
    try:
        resource = catalog.get_resource(code)
    except Refused:
        return code, code
    owner = resource.provider
    return f"{owner.name_zh} · {resource.title_zh}", f"{owner.name_en} · {resource.title_en}"


def part_lines(request: HttpRequest, pack: Pack) -> tuple[PartLine, ...]:
    """Return the joined matters in the order they can run."""
    packs = {part.id: pack_in_force(request, part.pack) for part in pack.parts}
    return tuple(_part(part, packs) for part in pack.parts)


def _part(part: Part, packs: dict[str, Pack]) -> PartLine:
    own = packs[part.id]
    zh, en = owner_names(own.owner)
    after = "、".join(words_of(packs[name].title) for name in part.after if name in packs)
    return PartLine(own.title.zh, own.title.en, zh, en, after, own.result.zh, own.result.en)


def owner_names(function: str) -> tuple[str, str]:
    """Return the names of the organisation that leads a function here."""
    found = people.find_organisation(function=function, region_code=site_region())
    return (found.short_zh or found.name_zh, found.short_en or found.name_en) if found else (function, function)
