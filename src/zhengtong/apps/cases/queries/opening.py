"""A case opened（办件）: its record, log, parts and one-thing, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from zhengtong.apps.cases.held import facts_from_json, read_from_json
from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.models import Case, CaseAction, Material
from zhengtong.apps.cases.packs import pinned_pack
from zhengtong.apps.cases.projection import fold_record
from zhengtong.apps.cases.reading import found_data
from zhengtong.apps.cases.rights import visible_to
from zhengtong.apps.cases.scope import Scope, make_scope, nest
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared.shapes import Pack
from zhengtong.kit import Refused, local_date


@dataclass
class OpenCase:
    """A case with its parts and logs, read in a fixed number of queries."""

    record: Case
    state: CaseState
    log: Sequence[CaseAction]
    parts: list[OpenCase] = field(default_factory=list)
    parent: OpenCase | None = None
    files: Sequence[Material] | None = None  # where they were read already

    @property
    def pack(self) -> Pack:
        """Return the version the case lives under."""
        return pinned_pack(self.record.pack_digest)


def open_case(no: str, by: Actor) -> OpenCase:
    """Return a case with its parts and, for a part, its one-thing; five queries."""
    record = Case.objects.filter(visible_to(by), no=no).distinct().first()
    if record is None:
        raise Refused(
            "case.case.not-found",
            "找不到这个办件，或您无权查看。请核对编号，或从“我的办件”“待办”进入。",
            "There is no such case, or it is not yours to see. Check the number, or go there from your list.",
            status=404,
        )
    family = [record, *Case.objects.filter(parent=record).order_by("pk")]
    parent = Case.objects.get(pk=record.parent_id) if record.parent_id else None
    everybody = [*family, parent] if parent else family
    logs: dict[int, list[CaseAction]] = {member.pk: [] for member in everybody}
    for action in CaseAction.objects.filter(case_id__in=list(logs)).order_by("case_id", "seq"):
        logs[action.case_id].append(action)
    opened = [OpenCase(member, fold_record(member, logs[member.pk]), logs[member.pk]) for member in everybody]
    whole, parts = opened[0], opened[1 : len(family)]
    whole.parts = parts
    whole.parent = opened[-1] if parent else None
    return whole


def case_scope(opened: OpenCase, at: datetime) -> Scope:
    """Return what expressions of the case's pack can name."""
    reads = {use_id: read_from_json(kept) for use_id, kept in opened.state.reads.items()}
    return make_scope(
        applicant=facts_from_json(opened.record.applicant),
        today=local_date(at),
        answers=opened.state.answers,
        form=nest({path: kept["v"] for path, kept in opened.state.values.items()}),
        data=found_data(reads),
        outcome=opened.state.outcome,
    )


def organisations_of(opened: OpenCase) -> dict[int, OrganisationShape]:
    """Return who handles the case and its parts, by id."""
    wanted = {case.record.organisation_id for case in [opened, *opened.parts] if case.record.organisation_id}
    return {shape.id: shape for shape in list_organisations(wanted)}


def list_organisations(wanted: set[int]) -> list[OrganisationShape]:
    """Return the organisations of these ids: one query for several, because a site has few."""
    if len(wanted) <= 1:
        return [people.get_organisation(organisation_id) for organisation_id in wanted]
    return [shape for shape in people.list_organisations() if shape.id in wanted]
