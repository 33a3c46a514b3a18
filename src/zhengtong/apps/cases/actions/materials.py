"""Files for a draft（材料）: attached, used again, dropped; judged by their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from zhengtong.apps.cases import store
from zhengtong.apps.cases.actions.draft_rules import refuse_submitted, saved
from zhengtong.apps.cases.actions.files import check_material, keep_file
from zhengtong.apps.cases.models import Material
from zhengtong.apps.cases.queries.drafts import OpenDraft, get_record, open_draft, to_draft
from zhengtong.apps.cases.shapes import DraftShape, MaterialSlot
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused


@transaction.atomic
def attach_material(
    *, draft_id: UUID | str, material_id: str, name: str, content: bytes, by: Actor, at: datetime
) -> DraftShape:
    """Return the draft with a file attached to one of its materials; the same bytes twice are kept once.

    Refused（422）: a material not asked for here, nothing or too much in the file, a type not accepted — told by the
    bytes, whatever the name says — or too many files. The file is on disk, encrypted, before the record commits.
    """
    draft = get_record(draft_id, by, lock=True)
    refuse_submitted(draft)
    slot = slot_of_draft(open_draft(draft, by), material_id)
    sha256 = hashlib.sha256(content).hexdigest()
    if any(file.sha256 == sha256 for file in slot.files):
        return to_draft(open_draft(draft, by))
    keep_file(slot, name, content, owner_key=draft.applicant_key, at=at, draft=draft)
    return saved(draft, by, at)


@transaction.atomic
def reuse_material(
    *, draft_id: UUID | str, material_id: str, file_id: UUID | str, by: Actor, at: datetime
) -> DraftShape:
    """Return the draft with a file of an earlier application attached again（材料复用）, without a second upload."""
    draft = get_record(draft_id, by, lock=True)
    refuse_submitted(draft)
    slot = slot_of_draft(open_draft(draft, by), material_id)
    source = Material.objects.filter(pk=file_id, owner_key=draft.applicant_key).first()
    if source is None:
        raise _no_file()
    check_material(slot, store.fetch(source.storage))
    if not any(file.sha256 == source.sha256 for file in slot.files):
        Material.objects.create(
            draft=draft,
            material_id=material_id,
            owner_key=draft.applicant_key,
            name=source.name,
            media_type=source.media_type,
            size_bytes=source.size_bytes,
            sha256=source.sha256,
            storage=source.storage,
            attached_at=at,
            scan=source.scan,
        )
    return saved(draft, by, at)


@transaction.atomic
def drop_material(*, draft_id: UUID | str, file_id: UUID | str, by: Actor, at: datetime) -> DraftShape:
    """Return the draft without a file; its bytes leave the disk once nothing else names them."""
    draft = get_record(draft_id, by, lock=True)
    refuse_submitted(draft)
    file = Material.objects.filter(pk=file_id, draft=draft).first()
    if file is None:
        raise _no_file()
    forget_files([file])
    return saved(draft, by, at)


def forget_files(files: Iterable[Material]) -> None:
    """Delete file records, and after the commit the bytes nothing names any more."""
    for file in files:
        storage = file.storage
        file.delete()
        if not Material.objects.filter(storage=storage).exists():
            transaction.on_commit(lambda gone=storage: store.forget(gone))  # type: ignore[misc]


def slot_of_draft(opened: OpenDraft, material_id: str) -> MaterialSlot:
    """Return where a file of a draft belongs, or refuse one the situation does not ask for."""
    for slot in opened.slots:
        if slot.id == material_id:
            return slot
    raise not_wanted(material_id)


def not_wanted(material_id: str) -> Refused:
    """Return the refusal of a file for a material the situation does not ask for."""
    return Refused(
        "case.material.not-wanted",
        "您的情况不需要这项材料。请回到材料清单核对。",
        "Your situation does not need this material. Go back to the list of materials.",
        field=f"material:{material_id}",
    )


def _no_file() -> Refused:
    return Refused(
        "case.material.not-found",
        "找不到这个文件，可能已经删除。请刷新页面。",
        "There is no such file; it may have been removed already. Reload the page.",
        status=404,
    )
