"""Regions and organisations, as they are and as they were."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from zhengtong.apps.people import statements
from zhengtong.apps.people.models import Organisation, Region
from zhengtong.apps.people.particulars import to_organisation, to_region
from zhengtong.apps.people.shapes import OrganisationShape, RegionShape
from zhengtong.kit import Refused
from zhengtong.kit.identifiers import parse_region_code


def get_region(code: str, on: dt.date | None = None) -> RegionShape:
    """Return the region of a code: the one in force today, or on the day `on`; refused（404）when there is none."""
    region = _in_force(Region.objects.filter(code=parse_region_code(code).canonical), on).first()
    if region is None:
        raise Refused(
            "people.region.unknown",
            f"没有代码为 {code} 的区划，或该区划当时尚未设立、已经撤销。请核对代码和日期。",
            f"There is no region {code}, or it did not exist on that day. Check the code and the date.",
            status=404,
            facts={"code": code, "on": on.isoformat() if on else None},
        )
    return to_region(region)


def find_address_region(code: str, on: dt.date) -> RegionShape | None:
    """Return what a resident id's address code（身份证地址码）meant on the day `on`, else the last it ever meant.

    A number issued under a table that has changed since stays right, so this never refuses: None means that the
    table holds no trace of the code, not that the number is wrong.
    """
    periods = Region.objects.filter(code=parse_region_code(code).canonical)
    region = _in_force(periods, on).first() or periods.order_by("-valid_from").first()
    return to_region(region) if region else None


def list_regions(parent: str | None = None, on: dt.date | None = None) -> list[RegionShape]:
    """Return the regions right under `parent`, by code; without a parent those at the top of the table."""
    if parent is None:
        top = Region.objects.order_by("level").values_list("level", flat=True).first()
        regions = Region.objects.filter(level=top)
    else:
        regions = Region.objects.filter(parent_code=parse_region_code(parent).canonical)
    return [to_region(region) for region in _in_force(regions, on).order_by("code")]


def region_path(code: str) -> list[RegionShape]:
    """Return the region and everything above it, the highest first; one query."""
    own = parse_region_code(code)
    codes = [own.canonical, *(above.canonical for above in own.ancestors)]
    found = _in_force(Region.objects.filter(code__in=codes), None)
    return [to_region(region) for region in found.order_by("level")]


def region_name(code: str, lang: str) -> str:
    """Return a region's name in `lang` (Chinese for `zh…`, else English), the code itself when it is unknown."""
    region = find_address_region(code, dt.date.max)
    if region is None:
        return code
    return region.name_zh if lang.startswith("zh") else region.name_en


def get_organisation(organisation_id: int) -> OrganisationShape:
    """Return the organisation of an id; refused（404）when there is none."""
    found = statements.records_of(Organisation, statements.select(Organisation, "id = %s", [organisation_id]))
    if not found:
        raise Refused(
            "people.organisation.unknown",
            "没有这个机构。请从机构列表中重新选择。",
            "There is no such organisation. Choose one from the list again.",
            status=404,
        )
    return to_organisation(found[0])


def find_organisation(*, function: str, region_code: str) -> OrganisationShape | None:
    """Return the organisation that leads `function` for a region: its own, else that of the nearest region above."""
    own = parse_region_code(region_code)
    codes = [own.canonical, *(above.canonical for above in own.ancestors)]
    marks = ", ".join(["%s"] * len(codes))
    in_force = f"function = %s AND closed_on IS NULL AND region_code IN ({marks})"
    leads = statements.records_of(Organisation, statements.select(Organisation, in_force, [function, *codes]))
    nearest = min(leads, key=lambda lead: codes.index(lead.region_code), default=None)
    return to_organisation(nearest) if nearest else None


def list_organisations(*, region_code: str = "", function: str = "") -> list[OrganisationShape]:
    """Return the organisations at work, by id; `region_code` keeps those of that region alone."""
    organisations = Organisation.objects.filter(closed_on=None).order_by("id")
    if region_code:
        organisations = organisations.filter(region_code=parse_region_code(region_code).canonical)
    if function:
        organisations = organisations.filter(function=function)
    return [to_organisation(organisation) for organisation in organisations]


def _in_force(regions: QuerySet[Region], on: dt.date | None) -> QuerySet[Region]:
    if on is None:
        return regions.filter(valid_to=None)
    return regions.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
