"""A file taken in（收文件）: judged by its bytes, scanned, kept encrypted on disk, and counted as a version."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from django.db.models import Max

from zhengtong.apps.cases import store
from zhengtong.apps.cases.actions.log import Held
from zhengtong.apps.cases.models import Case, Draft, Material
from zhengtong.apps.cases.scanning import scan
from zhengtong.apps.cases.shapes import MaterialSlot
from zhengtong.apps.cases.slots import OFFICE_TITLES
from zhengtong.apps.cases.sniffing import MEDIA_TYPES, is_accepted, sniff
from zhengtong.kit import Refused

MOST_FILES = 10
LONGEST_NAME = 120
PLAIN_FORMATS = ("pdf", "jpg", "png", "ofd")
PLAIN_BYTES = 20 * 1024 * 1024
MOST_OFFICE_FILES = 20
OfficeFile = tuple[str, bytes]


def keep_file(
    slot: MaterialSlot,
    name: str,
    content: bytes,
    *,
    owner_key: str,
    at: datetime,
    draft: Draft | None = None,
    case: Case | None = None,
    by_office: bool = False,
) -> Material:
    """Return the record of a file now on disk; refused for its type, size, number, or what the scanner found."""
    kind = check_material(slot, content)
    scanned = scan(content)
    if case is not None:
        case.has_new_files = True
    earlier = Material.objects.filter(material_id=slot.id, **({"case": case} if case else {"draft": draft}))
    last = earlier.aggregate(last=Max("version"))["last"] or 0
    return Material.objects.create(
        draft=draft,
        case=case,
        material_id=slot.id,
        owner_key=owner_key,
        name=tidy_name(name, kind),
        media_type=MEDIA_TYPES[kind],
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage=store.keep(content),
        attached_at=at,
        version=last + 1,
        by_office=by_office,
        scan=scanned,
    )


def slot_of(held: Held, material_id: str) -> MaterialSlot:
    """Return where a file of a case belongs: a material of the matter, or a plain addition."""
    for need in held.needs:
        if need.id == material_id:
            return MaterialSlot(
                need.id, need.title.zh, need.title.en, "", "", need.need, need.formats, need.max_bytes, "wanted"
            )
    zh, en = OFFICE_TITLES.get(material_id, ("补正材料", "Addition"))
    return MaterialSlot(material_id, zh, en, "", "", "required", PLAIN_FORMATS, PLAIN_BYTES, "wanted")


def keep_office_files(held: Held, material_id: str, files: Sequence[OfficeFile], at: datetime) -> list[str]:
    """Return the digests of what an officer put into the case: evidence, minutes, a report."""
    if len(files) > MOST_OFFICE_FILES:
        raise Refused(
            "case.material.too-many-at-once",
            f"一次最多提交 {MOST_OFFICE_FILES} 个文件，请分次提交。",
            f"At most {MOST_OFFICE_FILES} files at once; send them in parts.",
            field="files",
        )
    slot = slot_of(held, material_id)
    return [
        keep_file(
            slot, name, content, owner_key=held.record.applicant_key, at=at, case=held.record, by_office=True
        ).sha256
        for name, content in files
    ]


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


def _bad_file(reason: str, slot: MaterialSlot, zh: str, en: str) -> Refused:
    return Refused(
        f"case.material.{reason}",
        f"“{slot.title_zh}”无法收下：{zh}。请更换文件后重新上传。",
        f"“{slot.title_en}” cannot be taken: {en}. Choose another file and upload it again.",
        field=f"material:{slot.id}",
        facts={"material": slot.id, "formats": list(slot.formats), "max_bytes": slot.max_bytes},
    )
