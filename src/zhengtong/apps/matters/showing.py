"""Records turned into the shapes that leave the room."""

from __future__ import annotations

from zhengtong.apps.matters.models import Matter, MatterChange, PackVersion, Proposal
from zhengtong.apps.matters.shapes import ChangeShape, MatterShape, PackVersionShape, ProposalShape
from zhengtong.apps.people.queries import get_organisation
from zhengtong.apps.people.shapes import OrganisationShape

SAME = [
    "code",
    "kind",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "source",
    "status",
    "status_reason",
    "department_name",
    "department_uscc",
    "region_code",
    "main_item",
    "task_type",
    "catalog_code",
    "task_code",
    "audience",
    "promised_days",
    "promised_unit",
    "statutory_days",
    "statutory_unit",
    "visits",
    "theme",
    "version",
    "updated_at",
]


def to_matters(records: list[Matter]) -> tuple[MatterShape, ...]:
    """Return the shapes of matters; each organisation is asked for once."""
    organisations: dict[int, OrganisationShape] = {}
    return tuple(_to_matter(record, organisations) for record in records)


def to_matter(record: Matter) -> MatterShape:
    """Return the shape of one matter."""
    return _to_matter(record, {})


def _to_matter(record: Matter, organisations: dict[int, OrganisationShape]) -> MatterShape:
    id = record.organisation_id
    if id is not None and id not in organisations:
        organisations[id] = get_organisation(id)
    organisation = organisations[id] if id is not None else None
    same = {name: getattr(record, name) for name in SAME}
    return MatterShape(organisation=organisation, online=record.source == "pack", **same)


def to_version(record: PackVersion) -> PackVersionShape:
    """Return the shape of a pack version, without its text."""
    return PackVersionShape(
        matter_code=record.matter.code,
        number=record.number,
        digest=record.digest,
        state=record.state,
        effective_from=record.effective_from,
        effective_to=record.effective_to,
        regions=tuple(record.regions),
        author=record.author_label,
        reviewer=record.reviewer_label,
        created_at=record.created_at,
        published_at=record.published_at,
        receipt_no=record.receipt_no,
    )


def to_change(record: MatterChange) -> ChangeShape:
    """Return the shape of one change."""
    changes = {column: (str(before), str(after)) for column, (before, after) in record.changes.items()}
    return ChangeShape(at=record.at, by_label=record.by_label, changes=changes, receipt_no=record.receipt_no)


def to_proposal(record: Proposal) -> ProposalShape:
    """Return the shape of a proposal."""
    same = ("material", "replacement", "reason", "by_label", "at", "receipt_no")
    return ProposalShape(matter_code=record.matter.code, **{name: getattr(record, name) for name in same})
