"""Proofs that need not be asked for（证明事项清理）: materials of imported matters brought in, replacements proposed."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from django.conf import settings
from django.db import transaction

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.matters.models import ListedMaterial, Matter, Proposal
from zhengtong.apps.matters.rights import require_governance
from zhengtong.apps.matters.shapes import LineNote, MaterialsReport, ProposalShape
from zhengtong.apps.matters.showing import to_proposal
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.kit.text import normalise

LONGEST_NAME, LONGEST_REASON = 200, 300
COLUMNS = ("item_code", "material_name")


@transaction.atomic
def import_materials(*, path: Path, by: Actor, at: dt.datetime) -> MaterialsReport:
    """Return what was taken of a list of materials（CSV: item_code, material_name, source）; the same line twice is one.

    Refused（422）when the columns are missing; a line of an unknown matter is told, not taken.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            raise Refused(
                "matters.materials.columns",
                "材料清单要有 item_code（事项编码）和 material_name（材料名称）两列，请补上表头",
                "The list of materials needs the columns item_code and material_name; please add the heading",
                field="file",
            )
        rows = [
            (line, *(normalise(row.get(name) or "") for name in (*COLUMNS, "source")))
            for line, row in enumerate(reader, 2)
        ]
    matters = dict(Matter.objects.filter(code__in={row[1] for row in rows}).values_list("code", "pk"))
    refused = [_unknown_line(line, code) for line, code, name, _ in rows if code not in matters or not name]
    wanted = {(matters[code], name[:LONGEST_NAME]): source[:2] for _, code, name, source in rows if code in matters}
    wanted = {key: source for key, source in wanted.items() if key[1]}
    known = set(ListedMaterial.objects.filter(matter_id__in={pk for pk, _ in wanted}).values_list("matter_id", "name"))
    fresh = {key: source for key, source in wanted.items() if key not in known}
    receipt = evidence.record(
        kind="matters.materials-imported",
        body={"taken": len(fresh), "known": len(wanted) - len(fresh), "refused": len(refused)},
        by=by,
        at=at,
        summary_zh=f"导入事项材料：新收 {len(fresh)}，未收 {len(refused)}",
        summary_en=f"Materials of matters imported: {len(fresh)} new, {len(refused)} refused",
    )
    ListedMaterial.objects.bulk_create(
        [
            ListedMaterial(matter_id=pk, name=name, source=source, at=at, receipt_no=receipt.no)
            for (pk, name), source in fresh.items()
        ],
        batch_size=500,
    )
    return MaterialsReport(len(fresh), len(wanted) - len(fresh), tuple(refused), receipt.no)


@transaction.atomic
def propose_replacement(
    *, matter_code: str, material: str, replacement: str, reason: str, by: Actor, at: dt.datetime
) -> ProposalShape:
    """Return the proposal to spare a material（证明替代建议）, with its receipt.

    By heads of the department that owns the matter, and of the data bureau（403 others）; 409 when it is proposed already.
    """
    matter = Matter.objects.select_for_update().filter(code=matter_code).first()
    if matter is None:
        raise Refused(
            "matters.matter.unknown",
            "没有这个事项，请从清单重新选择",
            "There is no such matter; choose one from the list again",
            status=404,
        )
    require_governance(matter, by, settings.ZHENGTONG_REGION)
    material, reason = normalise(material)[:LONGEST_NAME], reason.strip()[:LONGEST_REASON]
    if not material or not replacement:
        raise Refused(
            "matters.proposal.nothing",
            "请从清单中选择一项材料再提出",
            "Choose a material of the list before proposing",
            field="material",
        )
    if Proposal.objects.filter(matter=matter, material=material).exists():
        raise Refused(
            "matters.proposal.exists",
            "这项材料已经有人提出替代建议，请刷新查看",
            "A replacement of this material was proposed already; reload to see it",
            status=409,
        )
    body = {"matter": matter_code, "material": material, "replacement": replacement, "reason": reason}
    receipt = evidence.record(
        kind="matter.replacement-proposed",
        body=body,
        by=by,
        at=at,
        summary_zh=f"建议“{matter.title_zh}”免交{material}",
        summary_en=f"Proposed to spare a material of {matter.title_en or matter.title_zh}",
    )
    organisation = by.organisation.id if by.organisation else None
    made = Proposal.objects.create(
        matter=matter,
        material=material,
        replacement=replacement[:120],
        reason=reason,
        by_label=by.label,
        organisation_id=organisation,
        at=at,
        receipt_no=receipt.no,
    )
    return to_proposal(made)


def _unknown_line(line: int, code: str) -> LineNote:
    return LineNote(
        line,
        "item_code",
        "没有这个事项或者没有材料名称，请核对编码",
        "there is no such matter, or no name of a material; check the code",
        code,
    )
