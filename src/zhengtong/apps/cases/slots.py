"""What the applicant must bring here（应交材料）: each need with what is attached, or with what spares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zhengtong.apps.cases.forms import wanted_materials
from zhengtong.apps.cases.held import Read
from zhengtong.apps.cases.lifecycle import CaseState
from zhengtong.apps.cases.models import Material
from zhengtong.apps.cases.scope import Scope
from zhengtong.apps.cases.shapes import FieldFault, FileShape, MaterialSlot
from zhengtong.apps.certificates.shapes import CertificateShape
from zhengtong.declared.shapes import MaterialNeed, Pack

#: what officers bring, under these names in the case file
OFFICE_TITLES = {
    "evidence": ("停表事由证明", "Evidence for the pause"),
    "minutes": ("听证笔录", "Minutes of the hearing"),
    "report": ("特别程序结果", "Result of the special procedure"),
    "verification": ("承诺核查记录", "Record of the verification"),
}
TOLD_TO_APPLICANT = frozenset({"minutes", "report"})
COMMITTED = ("申请人告知承诺", "The applicant's written commitment", "")
Replacement = tuple[str, str, str]  # what replaces it, in Chinese and English, and the receipt or identifier


def material_slots(
    pack: Pack,
    scope: Scope,
    *,
    files: Iterable[Material],
    reads: Mapping[str, Read],
    certificates: Sequence[CertificateShape] = (),
    committed: Iterable[str] = (),
) -> tuple[MaterialSlot, ...]:
    """Return a slot per material that applies, in the pack's order; a commitment spares those it names."""
    spared = set(committed)
    attached: dict[str, list[FileShape]] = {}
    for file in files:
        attached.setdefault(file.material_id, []).append(to_file(file))
    return tuple(
        _slot(
            need,
            tuple(attached.get(need.id, ())),
            _replacement(need, reads, certificates) or (COMMITTED if need.id in spared else None),
        )
        for need in wanted_materials(pack, scope)
    )


def missing_materials(slots: Iterable[MaterialSlot]) -> list[FieldFault]:
    """Return the materials without which nothing is submitted; a tolerated one（容缺）may follow later."""
    return [
        FieldFault(f"material:{slot.id}", "material", f"请上传“{slot.title_zh}”", f"Upload “{slot.title_en}”")
        for slot in slots
        if slot.need == "required" and slot.state == "wanted"
    ]


def committed_to(state: CaseState) -> tuple[str, ...]:
    """Return the materials a commitment stands for, as long as it stands."""
    made = state.commitment
    return made.materials if made and made.state != "withdrawn" else ()


def replacing_certificate(need: MaterialNeed, certificates: Sequence[CertificateShape]) -> CertificateShape | None:
    """Return the applicant's valid certificate that spares a material, if there is one."""
    kind, _, wanted = need.replaced_by.partition(":")
    if kind != "certificate":
        return None
    return next((held for held in certificates if held.type_code == wanted and held.is_valid), None)


def to_file(file: Material) -> FileShape:
    """Return a file's shape."""
    return FileShape(
        id=file.pk,
        material_id=file.material_id,
        name=file.name,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        attached_at=file.attached_at,
        version=file.version,
        by_office=file.by_office,
        scan=file.scan,
    )


def _replacement(
    need: MaterialNeed, reads: Mapping[str, Read], certificates: Sequence[CertificateShape]
) -> Replacement | None:
    kind, _, wanted = need.replaced_by.partition(":")
    if kind == "data" and wanted in reads and reads[wanted].state == "read":
        read = reads[wanted]
        return f"{read.provider_zh} · {read.title_zh}", f"{read.provider_en} · {read.title_en}", read.receipt_no
    held = replacing_certificate(need, certificates)
    if held:
        return f"电子证照 · {held.title_zh}", f"Electronic certificate · {held.title_en}", held.identifier
    return None


def _slot(need: MaterialNeed, files: tuple[FileShape, ...], replaced: Replacement | None) -> MaterialSlot:
    state = "attached" if files else "replaced" if replaced else "wanted"
    zh, en, receipt_no = replaced or ("", "", "")
    return MaterialSlot(
        id=need.id,
        title_zh=need.title.zh,
        title_en=need.title.en,
        help_zh=need.help.zh if need.help else "",
        help_en=need.help.en if need.help else "",
        need=need.need,
        formats=need.formats,
        max_bytes=need.max_bytes,
        state=state,
        files=files,
        replaced_by_zh=zh,
        replaced_by_en=en,
        receipt_no=receipt_no,
    )
