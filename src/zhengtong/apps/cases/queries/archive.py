"""What lies in the file of a case（卷宗）, and the file itself once it is archived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from zhengtong.apps.cases import store
from zhengtong.apps.cases.archive.bundle import Entry, open_index
from zhengtong.apps.cases.archive.checking import check_bundle
from zhengtong.apps.cases.archive.cover import cover_page
from zhengtong.apps.cases.archive.pages import UnreadableError, count_pages
from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.models import Case, CaseAction, CaseFile, Material
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.rights import visible_to
from zhengtong.apps.cases.shapes import CaseFileShape, CaseShape, FileCheck, FileEntry
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused, to_local


def get_case_file(case_no: str, by: Actor) -> tuple[CaseFileShape, bytes]:
    """Return the archived file of a case and its bytes, to its applicant and the officers who may see it; refused（404）."""
    record = CaseFile.objects.select_related("case").filter(case__no=case_no).first()
    if record is None or not Case.objects.filter(visible_to(by), no=case_no).exists():
        raise Refused(
            "case.archive.not-found",
            "这个办件还没有归档，或您无权查看卷宗。",
            "This case is not archived yet, or its file is not yours to see.",
            status=404,
        )
    bundle = store.fetch(record.storage)
    index = open_index(bundle)
    entries = tuple(
        FileEntry(
            no=one["no"],
            title_zh=one["title_zh"],
            title_en=one["title_en"],
            media_type=one["media_type"],
            from_page=one["from_page"],
            to_page=one["to_page"],
            sha256=one["sha256"],
        )
        for one in index["entries"]
    )
    return CaseFileShape(case_no, record.digest, record.pages, record.size_bytes, record.at, entries), bundle


def check_case_file(case_no: str, by: Actor) -> FileCheck:
    """Return the four checks（四性检测）of an archived file, done again now against the digest its receipt commits to."""
    shape, bundle = get_case_file(case_no, by)
    return check_bundle(bundle, expected=shape.digest)


def print_case(case_no: str, by: Actor, *, at: datetime | None = None) -> str:
    """Return the cover and record of a case as a plain HTML page to print（打印卷宗）, as `by` may see it."""
    moment = at or datetime.now(UTC)
    case = get_case(case_no, by, at=moment)
    return cover_page(case, [(entry.title_zh, entry.title_en, _pages(entry)) for entry in _documents(case, moment)])


def case_head(record: Case, state: CaseState, at: datetime) -> dict[str, Any]:
    """Return how the index of a file names its case."""
    handler = people.get_organisation(record.organisation_id) if record.organisation_id else None
    return {
        "case": record.no,
        "matter": record.matter_code,
        "pack": record.pack_digest,
        "title_zh": record.title_zh,
        "title_en": record.title_en,
        "organisation": handler.uscc if handler else "",
        "organisation_zh": handler.name_zh if handler else "",
        "state": state.state.value,
        "submitted_at": _text(record.submitted_at),
        "settled_at": _text(state.settled_at),
        "packed_at": _text(at),
    }


def case_log(entries: Sequence[CaseAction]) -> list[dict[str, Any]]:
    """Return the log as the file keeps it: each entry with its payload and the opened receipt that commits to it."""
    receipts = {entry.receipt_no: evidence.get_receipt(entry.receipt_no) for entry in entries}
    return [
        {
            "seq": entry.seq,
            "kind": entry.kind,
            "at": _text(entry.at),
            "by": entry.by_label,
            "payload": entry.payload,
            "receipt_no": entry.receipt_no,
            "receipt": evidence.opened_body(entry.receipt_no, SYSTEM),
            "receipt_digest": receipts[entry.receipt_no].digest,
        }
        for entry in entries
    ]


def case_entries(case_no: str, at: datetime) -> list[Entry]:
    """Return the documents of a file in order: cover, what the applicant brought, what officers added, certificates."""
    case = get_case(case_no, SYSTEM, at=at)
    documents = _documents(case, at)
    listed = [(entry.title_zh, entry.title_en, _pages(entry)) for entry in documents]
    cover = cover_page(case, listed).encode("utf-8")
    return [Entry("cover", "卷宗封面和办理记录", "Cover and record", "text/html", cover), *documents]


def _documents(case: CaseShape, at: datetime) -> list[Entry]:  # noqa: ARG001
    titles = {slot.id: (slot.title_zh, slot.title_en) for slot in case.materials}
    files = list(Material.objects.filter(case__no=case.no).order_by("by_office", "attached_at", "pk"))
    brought = [
        Entry(
            "office" if file.by_office else "material",
            *titles.get(file.material_id, ("材料", "Material")),
            file.media_type,
            store.fetch(file.storage),
            _text(file.attached_at),
            scan=file.scan,
        )
        for file in files
    ]
    issued = [
        Entry("certificate", "电子证照", "Certificate", "application/pdf", certificates.pdf(identifier, SYSTEM))
        for identifier in case.certificates
    ]
    return [*brought, *issued]


def _pages(entry: Entry) -> int:
    try:
        return count_pages(entry.media_type, entry.content)
    except UnreadableError:
        return 1


def _text(at: datetime | None) -> str:
    return to_local(at).isoformat(timespec="seconds") if at else ""
