"""What every change to a draft respects（草稿规则）: its version, that it is not submitted yet, and faults told by name."""

from __future__ import annotations

from datetime import datetime

from zhengtong.apps.cases.models import Draft
from zhengtong.apps.cases.queries.drafts import open_draft, to_draft
from zhengtong.apps.cases.shapes import DraftShape, FieldFault
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused, to_local


def refuse_faults(faults: list[FieldFault], code: str) -> None:
    """Refuse with every fault by name, if there is any."""
    if faults:
        raise Refused(
            code,
            f"有 {len(faults)} 处需要修改：{'；'.join(fault.zh for fault in faults[:3])}。",
            f"{len(faults)} to put right: {'; '.join(fault.en for fault in faults[:3])}.",
            field=faults[0].path,
            facts={
                "faults": [{"path": f.path, "code": f.code, "zh": f.zh, "en": f.en, "page": f.page_id} for f in faults]
            },
        )


def require_version(draft: Draft, version: int) -> None:
    """Refuse（409）when the draft is submitted, or not the one that was on the screen."""
    refuse_submitted(draft)
    if draft.version != version:
        raise Refused(
            "case.draft.moved",
            f"这份草稿已在另一窗口于 {to_local(draft.changed_at):%H:%M} 修改。请刷新后核对再保存。",
            f"This draft was changed in another window at {to_local(draft.changed_at):%H:%M}. Reload, check, save again.",
            status=409,
            facts={"version": draft.version, "seen": version},
        )


def refuse_submitted(draft: Draft) -> None:
    """Refuse（409）when a case has come of the draft."""
    if draft.is_submitted:
        raise Refused(
            "case.draft.submitted",
            f"这份申请已经提交，编号 {draft.case_no}，不能再改。请在办件页面查看进度。",
            f"This application has been submitted as {draft.case_no} and cannot be changed. See the case for its progress.",
            status=409,
            facts={"case_no": draft.case_no},
        )


def saved(draft: Draft, by: Actor, at: datetime) -> DraftShape:
    """Return the draft saved, one version on."""
    draft.version += 1
    draft.changed_at = at
    draft.save(update_fields=["values", "reads", "version", "changed_at"])
    return to_draft(open_draft(draft, by))
