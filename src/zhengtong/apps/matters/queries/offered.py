"""Reads of this room（查询）: matters, the pack in force, lists, guides and search."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from zhengtong.apps.matters import guides
from zhengtong.apps.matters import search as searching
from zhengtong.apps.matters.models import Matter, PackVersion
from zhengtong.apps.matters.shapes import (
    DepartmentShape,
    GuideShape,
    MatterPage,
    MatterShape,
    PackVersionShape,
    SearchAnswer,
)
from zhengtong.apps.matters.showing import to_change, to_matter, to_matters, to_version
from zhengtong.apps.people import statements
from zhengtong.declared import Pack, pack_from_canonical
from zhengtong.kit import Refused

__all__ = [
    "count_matters",
    "get_guide",
    "get_matter",
    "get_pack",
    "get_pack_version",
    "list_departments",
    "list_matters",
    "list_one_things",
    "list_versions",
    "search",
]

SHOWN = ("published", "paused")
# on the path of every application, so it is prepared once rather than composed each time
_IN_FORCE = (
    "SELECT version.number, version.digest, version.regions, matter.status, matter.status_reason, matter.title_zh,"
    " matter.title_en FROM matters_packversion version JOIN matters_matter matter ON matter.id = version.matter_id"
    " WHERE matter.code = %s AND version.state = 'published' AND version.effective_from <= %s"
    " AND (version.effective_to IS NULL OR version.effective_to >= %s)"
)
# what a filter of a search or a list narrows, and by which column
FILTERS = {
    "department": "department_uscc",
    "department_name": "department_name",
    "theme": "theme",
    "audience": "audience",
    "source": "source",
    "kind": "kind",
    "task_type": "task_type",
    "function": "function",
}


class Offered(NamedTuple):
    """A published version that holds on a day, with how its matter stands."""

    number: int
    digest: str
    regions: list[str]
    status: str
    status_reason: str
    title_zh: str
    title_en: str


def get_matter(code: str) -> MatterShape:
    """Return a matter people may see; refused（404）when there is none of that code."""
    record = Matter.objects.filter(code=code, status__in=SHOWN).first()
    if record is None:
        raise _unknown(code)
    return to_matter(record)


def get_pack(code: str, *, on: dt.date, region_code: str = "") -> Pack:
    """Return the pack of a matter in force on a day in a region; an empty region takes what holds everywhere.

    A version for the region（试点）goes before one for all regions, a later one before an earlier. Refused: 404 when
    none is in force, 409 while the matter is paused.
    """
    day = connection.ops.adapt_datefield_value(on)
    versions = statements.execute(_IN_FORCE, [code, day, day]).fetchall()
    fitting = [Offered(number, digest, json.loads(regions), *rest) for number, digest, regions, *rest in versions]
    fitting = [version for version in fitting if _holds_in(version.regions, region_code)]
    if not fitting:
        raise _unknown(code)
    chosen = max(fitting, key=lambda version: (bool(version.regions), version.number))
    if chosen.status == "paused":
        raise Refused(
            code="matters.pack.paused",
            zh=f"“{chosen.title_zh}”暂停办理：{chosen.status_reason}。恢复后请再来，或拨打 12345 咨询",
            en=f"{chosen.title_en} is paused: {chosen.status_reason}. Come back later, or call 12345",
            status=409,
        )
    return _pack(chosen.digest)


def get_pack_version(digest: str) -> Pack:
    """Return a published version by its digest, whatever has come after; refused（404）when there is none."""
    return _pack(digest)


def list_versions(code: str) -> tuple[PackVersionShape, ...]:
    """Return every version of a matter's pack, the newest first."""
    versions = (
        PackVersion.objects.filter(matter__code=code).defer("canonical").select_related("matter").order_by("-number")
    )
    return tuple(to_version(version) for version in versions)


def get_guide(code: str) -> GuideShape:
    """Return what is known of a matter that no pack runs, what is not, and what changed; refused（404）when unknown."""
    record = Matter.objects.filter(code=code, status__in=SHOWN).first()
    if record is None:
        raise _unknown(code)
    matter = to_matter(record)
    history = tuple(to_change(change) for change in record.changes.all()[:20])
    return GuideShape(matter, guides.known_facts(matter), guides.unknown_facts(matter), history)


def search(q: str, *, lang: str = "zh-hans", limit: int = 20, filters: Mapping[str, str] | None = None) -> SearchAnswer:
    """Return the matters that answer a query, best first, one-things before the matters in them.

    Takes everyday words, official terms, pinyin, initials, and a wrong character of the same sound. Under 30 ms (p95)
    among 10,000 matters. An empty query finds nothing.
    """
    narrowed = _narrowed(filters or {})

    def narrow(ids: Iterable[int]) -> Iterable[int]:
        return narrowed.filter(pk__in=list(ids)).values_list("pk", flat=True)

    found = searching.find(q, narrow)
    best = [id for id, _ in found.ids[:limit]]
    records = {record.pk: record for record in Matter.objects.filter(pk__in=[*best, *found.nearest])}
    hits = to_matters([records[id] for id in best if id in records])
    is_weak = bool(found.ids) and found.ids[0][1] < searching.WEAK
    near = hits[:5] if is_weak else to_matters([records[id] for id in found.nearest if not hits and id in records])
    suggestions = tuple(dict.fromkeys(matter.title(lang) for matter in near))
    return SearchAnswer(hits=hits, total=len(found.ids), suggestions=suggestions, read_as=found.read_as)


def list_matters(
    *, filters: Mapping[str, str] | None = None, page: int = 1, size: int = 30, order: str = "title"
) -> MatterPage:
    """Return a page of matters, those run here first; `order` is "title" (by pinyin) or "recent"."""
    records = _narrowed(filters or {})
    total = records.count()
    ordered = (
        records.order_by("-updated_at", "pk") if order == "recent" else records.order_by("-source", "pinyin", "pk")
    )
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    return MatterPage(to_matters(list(ordered[(page - 1) * size : page * size])), total, page, pages)


def list_one_things() -> tuple[MatterShape, ...]:
    """Return the one-things（一件事）people may see."""
    return to_matters(list(Matter.objects.filter(kind="one-thing", status__in=SHOWN).order_by("pinyin", "pk")))


def count_matters(**filters: str) -> int:
    """Return how many matters people may see, narrowed as `list_matters` is."""
    return _narrowed(filters).count()


def list_departments() -> tuple[DepartmentShape, ...]:
    """Return the departments that have matters, those with most first; `code` is what the `department` filter takes."""
    rows = (
        Matter.objects.filter(status__in=SHOWN)
        .exclude(department_name="")
        .values("department_name")
        .annotate(many=Count("pk"), code=F("department_name"))
        .order_by("-many", "department_name")
    )
    english = dict(
        Matter.objects.exclude(organisation=None).values_list("department_name", "organisation__name_en").distinct()
    )
    return tuple(
        DepartmentShape(
            code=row["department_name"],
            name_zh=row["department_name"],
            name_en=english.get(row["department_name"], row["department_name"]),
            count=row["many"],
        )
        for row in rows
    )


def _narrowed(filters: Mapping[str, str]) -> QuerySet[Matter]:
    wanted: dict[str, Any] = {FILTERS[name]: value for name, value in filters.items() if name in FILTERS and value}
    records = Matter.objects.filter(status__in=SHOWN)
    if "department" in filters and filters["department"]:
        wanted.pop("department_uscc", None)
        records = records.filter(Q(department_uscc=filters["department"]) | Q(department_name=filters["department"]))
    return records.filter(**wanted)


def _holds_in(regions: list[str], region_code: str) -> bool:
    """Return whether a version holds in a region: it names none, or one that is the region or lies above it."""
    return not regions or any(region_code.startswith(region.rstrip("0") or "0") for region in regions)


@functools.lru_cache(maxsize=512)
def _pack(digest: str) -> Pack:
    """Read a frozen version once a process: what a digest names never changes."""
    version = PackVersion.objects.filter(digest=digest, state="published").first()
    if version is None:
        raise Refused(
            code="matters.version.unknown",
            zh="没有这个版本的事项包，请从事项页面重新进入",
            en="There is no such version of the pack; please start again from the matter's page",
            status=404,
        )
    return pack_from_canonical(json.loads(version.canonical))


def _unknown(code: str) -> Refused:
    return Refused(
        code="matters.matter.unknown",
        zh="没有这个事项，或者它已经取消。请搜索您要办的事",
        en="There is no such matter, or it is no longer offered. Search for what you need",
        status=404,
        facts={"code": code},
    )
