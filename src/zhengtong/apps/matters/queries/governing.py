"""The catalogue as those who govern it read it（目录治理）: elements, versions, differences, materials, proofs to spare."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from zhengtong.apps.matters.cleanup import demand_groups
from zhengtong.apps.matters.elements import element_groups
from zhengtong.apps.matters.models import Matter, PackVersion
from zhengtong.apps.matters.rights import may_govern
from zhengtong.apps.matters.shapes import (
    Comparison,
    DemandGroup,
    GovernedMatter,
    Offer,
    ServiceFigures,
    VersionStep,
)
from zhengtong.apps.matters.showing import to_change, to_matter, to_version
from zhengtong.apps.matters.sources import material_sources
from zhengtong.apps.people.shapes import Actor
from zhengtong.declared import Pack, load_pack, load_packs, pack_from_canonical
from zhengtong.declared.checks.terms import about_days
from zhengtong.declared.difference import pack_changes
from zhengtong.kit import Refused
from zhengtong.kit.calendar import Term, Unit

# which step an officer may take on a version, by its state（起草 → 复核 → 发布）
MOST_PENDING = 200
STEPS = {"draft": "review", "reviewed": "publish"}


def get_governed(code: str, by: Actor) -> GovernedMatter:
    """Return a matter with its elements, materials, versions and what this officer may do; refused（404）when unknown.

    Drafts are shown to those who may govern the matter, to nobody else.
    """
    record = Matter.objects.filter(code=code).first()
    if record is None:
        raise _unknown()
    governs = may_govern(record, by, settings.ZHENGTONG_REGION)
    if record.status == "draft" and not governs:
        raise _unknown()
    versions = record.versions.select_related("matter").defer("canonical").order_by("-number")
    seen = [version for version in versions if governs or version.state == "published"]
    in_force = next((version for version in seen if version.state == "published"), seen[0] if seen else None)
    pack = _pack_of(in_force.digest) if in_force else None
    matter = to_matter(record)
    return GovernedMatter(
        matter=matter,
        groups=element_groups(matter, pack),
        materials=material_sources(pack) if pack else (),
        versions=tuple(VersionStep(to_version(version), _step(version, by) if governs else "") for version in seen),
        history=tuple(to_change(change) for change in record.changes.all()[:20]),
        may_govern=governs,
    )


def compare_versions(code: str, before: int, after: int, by: Actor) -> Comparison:
    """Return what changed from one version to another, element by element; refused（404）when either cannot be seen."""
    found = get_governed(code, by)
    numbers = {step.version.number: step.version for step in found.versions}
    if before not in numbers or after not in numbers:
        raise _unknown()
    records = dict(
        PackVersion.objects.filter(matter__code=code, number__in=[before, after]).values_list("number", "digest")
    )
    changes = pack_changes(_pack_of(records[before]), _pack_of(records[after]))
    return Comparison(found.matter, numbers[before], numbers[after], changes)


def list_pending(by: Actor) -> tuple[VersionStep, ...]:
    """Return the versions that wait for a second person or for publishing, of the matters this officer may govern."""
    versions = (
        PackVersion.objects.filter(state__in=list(STEPS)).select_related("matter").defer("canonical").order_by("-pk")
    )
    return tuple(
        VersionStep(to_version(version), _step(version, by))
        for version in versions[:MOST_PENDING]
        if may_govern(version.matter, by, settings.ZHENGTONG_REGION)
    )


def list_unpublished(by: Actor) -> tuple[Offer, ...]:
    """Return the packs of the site's folders whose text is no version yet and that this officer may draft."""
    found = []
    for folder in settings.ZHENGTONG_PACKS:
        for pack in load_packs(Path(folder)):
            known = PackVersion.objects.filter(matter__code=pack.id, digest=pack.digest).exists()
            matter = Matter.objects.filter(code=pack.id).first() or Matter(code=pack.id, function=pack.owner)
            if not known and may_govern(matter, by, settings.ZHENGTONG_REGION):
                found.append(Offer(pack.id, pack.title.zh, pack.title.en, matter.version if matter.pk else 0))
    return tuple(found)


def get_offered_pack(code: str) -> Pack:
    """Return the pack of a site's folder by its id; refused（404）when no folder has it."""
    for folder in settings.ZHENGTONG_PACKS:
        if (Path(folder) / code / "pack.yaml").exists():
            return load_pack(Path(folder) / code)
    raise _unknown()


def list_replaceable(*, uses: Mapping[tuple[str, str], int]) -> tuple[DemandGroup, ...]:
    """Return the materials that need not be asked for（证明事项清理）, by department; `uses` is how often each was brought."""
    return demand_groups(uses)


def service_figures(on: dt.date) -> ServiceFigures:  # noqa: ARG001  the catalogue has one state; its past is in versions
    """Return what the indicators of matters are made of（事项指标）, over the matters people may see."""
    columns = (
        "visits", "case_kind", "online_depth", "is_online", "materials", "materials_spared",
        "promised_days", "promised_unit", "statutory_days", "statutory_unit", "organisation_id",
    )  # fmt: skip
    rows = list(Matter.objects.filter(status__in=("published", "paused")).values(*columns))
    timed = [row for row in rows if row["promised_days"] is not None and row["statutory_days"]]
    return ServiceFigures(
        matters=len(rows),
        known=sum(row["visits"] is not None for row in rows),
        once=sum(row["visits"] is not None and row["visits"] <= 1 for row in rows),
        never=sum(row["visits"] == 0 for row in rows),
        visits=sum(row["visits"] or 0 for row in rows),
        instant=sum(row["case_kind"] == "1" for row in rows),
        online=sum(row["is_online"] is True for row in rows),
        wholly_online=sum(row["online_depth"] == 4 and row["visits"] == 0 for row in rows),
        statutory=sum(_days(row["statutory_days"], row["statutory_unit"]) for row in timed),
        promised=sum(_days(row["promised_days"], row["promised_unit"]) for row in timed),
        materials=sum(row["materials"] or 0 for row in rows),
        materials_spared=sum(row["materials_spared"] or 0 for row in rows),
    )


def _days(n: int, unit: str) -> float:
    return about_days(Term(n, Unit(unit)))


def _step(version: PackVersion, by: Actor) -> str:
    """Return the step this officer may take on a version; whoever drafted it does not review it."""
    step = STEPS.get(version.state, "")
    return "" if step == "review" and by.account_id == version.author_id else step


@functools.lru_cache(maxsize=256)
def _pack_of(digest: str) -> Pack:
    """Read a version once a process: what a digest names never changes."""
    found = PackVersion.objects.filter(digest=digest).values_list("canonical", flat=True)
    return pack_from_canonical(json.loads(found[:1].get()))


def _unknown() -> Refused:
    return Refused(
        "matters.matter.unknown",
        "没有这个事项，或者还没有发布。请从事项列表重新选择",
        "There is no such matter, or it is not published yet. Choose one from the list",
        status=404,
    )
