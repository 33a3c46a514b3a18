"""Files for a draft（材料）: attached, used again, dropped; judged by their bytes."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath
from uuid import UUID

from django.db import transaction

from zhengtong.apps.cases import store
from zhengtong.apps.cases.actions.draft_rules import refuse_submitted, saved
from zhengtong.apps.cases.models import Material
from zhengtong.apps.cases.queries.drafts import OpenDraft, get_record, open_draft, to_draft
from zhengtong.apps.cases.shapes import DraftShape, MaterialSlot
from zhengtong.apps.cases.sniffing import MEDIA_TYPES, is_accepted, sniff
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

MOST_FILES = 10
LONGEST_NAME = 120


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
    slot = _slot(open_draft(draft, by), material_id)
    kind = check_material(slot, content)
    sha256 = hashlib.sha256(content).hexdigest()
    if any(file.sha256 == sha256 for file in slot.files):
        return to_draft(open_draft(draft, by))
    Material.objects.create(
        draft=draft,
        material_id=material_id,
        owner_key=draft.applicant_key,
        name=tidy_name(name, kind),
        media_type=MEDIA_TYPES[kind],
        size_bytes=len(content),
        sha256=sha256,
        storage=store.keep(content),
        attached_at=at,
    )
    return saved(draft, by, at)


@transaction.atomic
def reuse_material(
    *, draft_id: UUID | str, material_id: str, file_id: UUID | str, by: Actor, at: datetime
) -> DraftShape:
    """Return the draft with a file of an earlier application attached again（材料复用）, without a second upload."""
    draft = get_record(draft_id, by, lock=True)
    refuse_submitted(draft)
    slot = _slot(open_draft(draft, by), material_id)
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


def check_material(slot: MaterialSlot, content: bytes) -> str:
    """Return the sniffed type of a file for a material, or refuse it for what is wrong with it."""
    if not content:
        raise _bad_file("empty", slot, "文件是空的", "the file is empty")
    if len(content) > slot.max_bytes:
        limit = f"{slot.max_bytes / 1048576:g} MB"
        raise _bad_file("too-large", slot, f"文件超过 {limit}", f"the file is larger than {limit}")
    kind = sniff(content)
    if kind is None or not is_accepted(kind, slot.formats):
        names = "、".join(slot.formats)
        raise _bad_file(
            "type",
            slot,
            f"内容不是 {names} 文件，或文件不完整",
            f"it is not a whole file of type {', '.join(slot.formats)}",
        )
    if len(slot.files) >= MOST_FILES:
        raise _bad_file("too-many", slot, f"每项材料最多 {MOST_FILES} 个文件", f"at most {MOST_FILES} files each")
    return kind


def tidy_name(name: str, kind: str) -> str:
    """Return a file name fit to be shown: no folders, no control characters, not too long, its type at the end."""
    plain = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    plain = "".join(char for char in plain if unicodedata.category(char)[0] != "C").strip(" .")
    stem = PurePath(plain).stem[:LONGEST_NAME] or "file"
    return f"{stem}.{kind}"


def _slot(opened: OpenDraft, material_id: str) -> MaterialSlot:
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


def _bad_file(reason: str, slot: MaterialSlot, zh: str, en: str) -> Refused:
    return Refused(
        f"case.material.{reason}",
        f"“{slot.title_zh}”无法收下：{zh}。请更换文件后重新上传。",
        f"“{slot.title_en}” cannot be taken: {en}. Choose another file and upload it again.",
        field=f"material:{slot.id}",
        facts={"material": slot.id, "formats": list(slot.formats), "max_bytes": slot.max_bytes},
    )


def _no_file() -> Refused:
    return Refused(
        "case.material.not-found",
        "找不到这个文件，可能已经删除。请刷新页面。",
        "There is no such file; it may have been removed already. Reload the page.",
        status=404,
    )
