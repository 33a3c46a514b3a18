"""Regions come, change and go; organisations are registered in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from zhengtong.apps.people.actions.rights import conflict, require
from zhengtong.apps.people.events import Event, announce
from zhengtong.apps.people.models import Organisation, Region
from zhengtong.apps.people.particulars import to_organisation, to_region
from zhengtong.apps.people.shapes import Actor, NewRegion, OrganisationShape, RegionShape
from zhengtong.kit import Refused, digest, local_date
from zhengtong.kit.identifiers import parse_credit_code, parse_region_code


@transaction.atomic
def define_region(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    valid_from: dt.date,
    by: Actor,
    at: dt.datetime,
    parent_code: str | None = None,
    urban_rural_code: str = "",
) -> RegionShape:
    """Return the region（区划）defined from `valid_from` on; its level comes from the code, its parent too unless said.

    Refused（409）when the code is in force already, （404）when the parent is not.
    """
    region = NewRegion(code, name_zh, name_en, valid_from, parent_code, urban_rural_code)
    define_regions(regions=[region], by=by, at=at)
    return to_region(Region.objects.get(code=parse_region_code(code).canonical, valid_to=None))


@transaction.atomic
def define_regions(*, regions: Iterable[NewRegion], by: Actor, at: dt.datetime) -> int:
    """Return how many regions were defined, all or none; a parent may be among them."""
    require(by, "region.define")
    records = [_to_record(region) for region in regions]
    _require_parents(records)
    try:
        with transaction.atomic():
            Region.objects.bulk_create(records, batch_size=500)
    except IntegrityError:
        raise conflict(
            "people.region.in-force",
            "该区划代码已经生效。如要变更，请先撤销现有区划并注明去向。",
            "This region code is in force already. To change it, abolish the present one first, naming its successor.",
        ) from None
    codes = [record.code for record in records]
    announce(
        Event(
            "region.defined",
            by,
            at,
            {"count": len(codes), "codes": codes if len(codes) <= 20 else [], "digest": digest(codes)},
            summary_zh=f"设立区划 {len(codes)} 个",
            summary_en=f"{len(codes)} regions defined",
        )
    )
    return len(codes)


@transaction.atomic
def abolish_region(*, code: str, on: dt.date, by: Actor, at: dt.datetime, replaced_by: str = "") -> RegionShape:
    """Return the region with its last day set to the day before `on`; the row stays, for addresses of its time.

    Refused（404）when it is not in force, （422）when `on` is not after the day it began.
    """
    require(by, "region.define")
    region = Region.objects.select_for_update().filter(code=parse_region_code(code).canonical, valid_to=None).first()
    if region is None:
        raise Refused(
            "people.region.not-in-force",
            f"区划 {code} 目前没有生效的记录，无法撤销。请核对代码。",
            f"Region {code} is not in force, so it cannot be abolished. Check the code.",
            status=404,
        )
    if on <= region.valid_from:
        raise Refused(
            "people.region.ends-before-start",
            f"撤销日期须晚于设立日期 {region.valid_from.isoformat()}。请更正日期。",
            f"A region ends after the day it began, {region.valid_from.isoformat()}. Correct the date.",
            field="on",
        )
    region.valid_to = on - dt.timedelta(days=1)
    region.replaced_by = parse_region_code(replaced_by).canonical if replaced_by else ""
    region.save(update_fields=["valid_to", "replaced_by"])
    body = {"code": region.code, "on": on, "replaced_by": region.replaced_by}
    announce(
        Event("region.abolished", by, at, body, (), f"撤销区划{region.name_zh}", f"Region {region.name_en} abolished")
    )
    return to_region(region)


@transaction.atomic
def register_organisation(
    *,
    uscc: str,
    name_zh: str,
    name_en: str,
    short_zh: str,
    region_code: str,
    by: Actor,
    at: dt.datetime,
    function: str = "",
    short_en: str = "",
    parent_id: int | None = None,
) -> OrganisationShape:
    """Return the organisation（机构）registered; with a `function` it becomes the one that leads it in its region.

    Refused（409）when the credit code is taken, or another organisation leads that function there.
    """
    require(by, "organisation.register")
    try:
        with transaction.atomic():
            record = Organisation.objects.create(
                uscc=parse_credit_code(uscc).canonical,
                name_zh=name_zh,
                name_en=name_en,
                short_zh=short_zh,
                short_en=short_en,
                function=function,
                region_code=parse_region_code(region_code).canonical,
                parent_id=parent_id,
                registered_at=at,
            )
    except IntegrityError:
        raise conflict(
            "people.organisation.already-registered",
            "该统一社会信用代码已登记，或本区划内这项职能已有主管机构。请核对后再登记。",
            "This credit code is registered, or another organisation leads this function in the region. Check first.",
        ) from None
    body = {"organisation": record.pk, "uscc": record.uscc, "function": function, "region": record.region_code}
    announce(Event("organisation.registered", by, at, body, (), f"登记机构{name_zh}", f"{name_en} registered"))
    return to_organisation(record)


@transaction.atomic
def close_organisation(*, organisation_id: int, by: Actor, at: dt.datetime) -> None:
    """Close an organisation: it stays in every record, leads nothing, and its posts no longer count."""
    require(by, "organisation.register")
    closed = Organisation.objects.filter(pk=organisation_id, closed_on=None).update(closed_on=local_date(at))
    if not closed:
        raise conflict(
            "people.organisation.closed",
            "该机构不存在或已经撤销。请刷新机构列表。",
            "This organisation does not exist or is closed already. Reload the list.",
        )
    announce(Event("organisation.closed", by, at, {"organisation": organisation_id}, (), "撤销机构", "Closed"))


def _to_record(region: NewRegion) -> Region:
    code = parse_region_code(region.code)
    above = code.parent
    parent = parse_region_code(region.parent_code).canonical if region.parent_code else above and above.canonical
    return Region(
        code=code.canonical,
        level=code.level,
        name_zh=region.name_zh,
        name_en=region.name_en,
        parent_code=parent or "",
        urban_rural_code=region.urban_rural_code,
        valid_from=region.valid_from,
    )


def _require_parents(records: list[Region]) -> None:
    """Refuse a region whose parent is neither among the new ones nor in force; the table's own top has none."""
    top = min((record.level for record in records), default=0)
    highest = Region.objects.order_by("level").values_list("level", flat=True).first() or top
    wanted = {record.parent_code for record in records if record.level > highest} - {record.code for record in records}
    known = set(Region.objects.filter(code__in=wanted, valid_to=None).values_list("code", flat=True))
    if wanted - known:
        missing = sorted(wanted - known)[0]
        raise Refused(
            "people.region.no-parent",
            f"上级区划 {missing} 不存在或已撤销。请先设立上级区划。",
            f"The region above, {missing}, does not exist or was abolished. Define it first.",
            status=404,
            field="parent_code",
        )
