"""证明事项清理: every material demanded somewhere that a published resource or a certificate could replace, with the saving.

Demands come from three places, each told on its line: declared in a pack, listed in a list of materials brought in, or
inferred from the name of an imported matter. What replaces what is data: packs/_shared/proofs.yaml.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.matters.models import ListedMaterial, Matter, PackVersion, Proposal
from zhengtong.apps.matters.shapes import Demand, DemandGroup
from zhengtong.apps.matters.showing import to_proposal
from zhengtong.apps.matters.sources import published_resource
from zhengtong.declared import Pack, pack_from_canonical
from zhengtong.declared.proofs import Match, Proof, Proofs, load_proofs

SHOWN = ("published", "paused")
Uses = Mapping[tuple[str, str], int]


def demand_groups(uses: Uses) -> tuple[DemandGroup, ...]:
    """Return the demands that could be spared, by department, those that save most first.

    `uses` says how often a year each material（matter code, material id）was really brought.
    """
    offered = _Replacements(_proofs(_folders()))
    listed = frozenset(ListedMaterial.objects.values_list("matter_id", flat=True).distinct())
    proposals = {(one.matter_id, one.material): one for one in Proposal.objects.select_related("matter")}
    groups: dict[str, list[Demand]] = {}
    for matter in Matter.objects.filter(status__in=SHOWN).order_by("department_name", "pinyin", "pk"):
        for demand in _demands(matter, offered, uses, has_list=matter.pk in listed):
            made = proposals.get((matter.pk, demand.material_id))
            groups.setdefault(matter.department_name, []).append(
                replace(demand, proposal=to_proposal(made) if made else None)
            )
    found = [DemandGroup(name, tuple(sorted(demands, key=_saving))) for name, demands in groups.items()]
    return tuple(sorted(found, key=lambda group: (-group.saved_minutes, -len(group.demands), group.department)))


def _saving(demand: Demand) -> tuple[int, int, str]:
    return (-demand.saved_minutes, {"declared": 0, "listed": 1, "implied": 2}[demand.kind], demand.material_zh)


class _Replacements:
    """What each proof could be replaced by on this site, asked for once."""

    def __init__(self, proofs: Proofs) -> None:
        self.proofs = proofs
        self.known = {proof.id: self._of(proof) for proof in proofs.proofs}

    def _of(self, proof: Proof) -> tuple[str, str, str] | None:
        """Return the reference, Chinese and English name of what replaces a proof; None when the site has neither."""
        resource = published_resource(proof.resource)
        if resource is not None:
            return f"data:{proof.resource}", resource.title_zh, resource.title_en
        type = certificates.find_type(proof.certificate) if proof.certificate else None
        return (f"certificate:{proof.certificate}", type.title_zh, type.title_en) if type else None


def _demands(matter: Matter, offered: _Replacements, uses: Uses, *, has_list: bool) -> Iterator[Demand]:
    if matter.source == "pack":
        version = (
            PackVersion.objects.filter(matter=matter, state="published").order_by("-number").only("digest").first()
        )
        if version is not None:
            yield from _declared(matter, _read(version.digest), offered, uses)
        return
    for material in ListedMaterial.objects.filter(matter=matter) if has_list else ():
        match = offered.proofs.match(material.name)
        if match is not None:
            yield from _demand(matter, material.name, (material.name, ""), "listed", match, offered, None)
    if not has_list:
        for match in offered.proofs.implied_by(matter.title_zh):
            titles = (match.proof.title.zh, match.proof.title.en)
            yield from _demand(matter, match.proof.id, titles, "implied", match, offered, None)


def _declared(matter: Matter, pack: Pack, offered: _Replacements, uses: Uses) -> Iterator[Demand]:
    for need in pack.materials:
        match = None if need.replaced_by else offered.proofs.match(need.title.zh)
        if match is not None:
            many = uses.get((matter.code, need.id), 0)
            yield from _demand(matter, need.id, (need.title.zh, need.title.en), "declared", match, offered, many)


def _demand(
    matter: Matter,
    material_id: str,
    titles: tuple[str, str],
    kind: str,
    match: Match,
    offered: _Replacements,
    uses: int | None,
) -> Iterator[Demand]:
    found = offered.known[match.proof.id]
    if found is None:
        return
    reference, zh, en = found
    if match.because is not None:
        why = (
            f"事项名称含“{match.word}”：{match.because.zh}（推断，请核实）",
            f"inferred from its name ({match.word}): {match.because.en}; please verify",
        )
    else:
        why = (
            f"材料名称含“{match.word}”，即{match.proof.title.zh}",
            f"its name holds {match.word}, that is: {match.proof.title.en}",
        )
    yield Demand(
        matter_code=matter.code,
        matter_zh=matter.title_zh,
        matter_en=matter.title_en or matter.title_zh,
        material_id=material_id,
        material_zh=titles[0],
        material_en=titles[1] or titles[0],
        kind=kind,
        replacement=reference,
        replacement_zh=zh,
        replacement_en=en,
        why_zh=why[0],
        why_en=why[1],
        uses=uses,
        minutes_each=match.proof.minutes,
        visits_each=match.proof.visits,
        saved_minutes=(uses or 0) * match.proof.minutes,
        saved_visits=(uses or 0) * match.proof.visits,
    )


@functools.lru_cache(maxsize=256)
def _read(digest: str) -> Pack:
    """Read a published version once a process."""
    return pack_from_canonical(json.loads(PackVersion.objects.values_list("canonical", flat=True).get(digest=digest)))


def _folders() -> tuple[str, ...]:
    return tuple(str(folder) for folder in settings.ZHENGTONG_PACKS)


@functools.lru_cache(maxsize=4)
def _proofs(folders: tuple[str, ...]) -> Proofs:
    """Return the table of the first packs folder that has one."""
    found = (load_proofs(Path(folder)) for folder in folders)
    return next((table for table in found if table.proofs), Proofs())
