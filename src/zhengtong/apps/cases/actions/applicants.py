"""What the applicant does after submission（申请人动作）: send additions, withdraw, review, read notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from zhengtong.apps.cases.actions.draft_rules import refuse_faults
from zhengtong.apps.cases.actions.files import keep_file, slot_of
from zhengtong.apps.cases.actions.log import Held, append, lock_case, no_case, require_current
from zhengtong.apps.cases.actions.officer_rules import require_reason
from zhengtong.apps.cases.actions.parts import refresh_whole, withdraw_open_parts
from zhengtong.apps.cases.checking import check_value, coerce, has_control_characters
from zhengtong.apps.cases.forms import field_schema
from zhengtong.apps.cases.held import value_to_json
from zhengtong.apps.cases.models import Material, Notice, Review
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.rights import own_keys
from zhengtong.apps.cases.shapes import CaseShape, FieldFault, FieldValue, ReviewShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

MOST_TAGS = 10
LONGEST_TAG = 40
LONGEST_COMMENT = 1000


@transaction.atomic
def answer_supplement(
    *,
    case_no: str,
    by: Actor,
    at: datetime,
    materials: Sequence[tuple[str, str, bytes]] = (),
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> CaseShape:
    """Return the case going on（补正）: every item asked for is there, and the clocks run again.

    `materials` are (material id, file name, bytes); `values` dotted paths. Refused（422 `case.supplement.incomplete`）
    with the items still missing: the list was complete, so the answer is too.
    """
    held = lock_own(case_no, by)
    require_current(held, version, "supplement-answered")
    given = dict(values or {})
    asked = held.state.supplement.items if held.state.supplement else ()
    refuse_faults(_missing(asked, materials, given), "case.supplement.incomplete")
    entered = {path: coerce(field_schema(held.pack, path), value) for path, value in given.items()}
    wanted = {item["target"] for item in asked}
    refuse_faults([f for path in entered if path not in wanted for f in [_not_asked(path)]], "case.form.unknown-field")
    refuse_faults(
        [fault for path, value in entered.items() for fault in check_value(held.pack, path, value)], "case.form.invalid"
    )
    kept = [_keep(held, material_id, name, content, wanted, at) for material_id, name, content in materials]
    payload = {
        "values": {path: value_to_json(FieldValue(value)) for path, value in entered.items()},
        "materials": [file.sha256 for file in kept],
    }
    held = append(held, "supplement-answered", payload, by=by, at=at)
    refresh_whole(held, at=at)
    return get_case(case_no, by, at=at)


@transaction.atomic
def withdraw_case(*, case_no: str, by: Actor, at: datetime, reason: str = "", version: int | None = None) -> CaseShape:
    """Return the case withdrawn（撤回）; of a one-thing every part not settled yet, while what was granted stays."""
    held = lock_own(case_no, by)
    require_current(held, version, "withdrawn")
    reason = require_reason(reason) if reason.strip() else ""
    if held.pack.parts:
        withdraw_open_parts(held, reason, by=by, at=at)
    else:
        refresh_whole(append(held, "withdrawn", {"reason": reason}, by=by, at=at), at=at)
    return get_case(case_no, by, at=at)


@transaction.atomic
def review_case(
    *,
    case_no: str,
    satisfaction: int,
    by: Actor,
    at: datetime,
    tags: Sequence[str] = (),
    comment: str = "",
) -> ReviewShape:
    """Return the review（好差评）: voluntary, once per case, after it is settled."""
    held = lock_own(case_no, by)
    if held.record.parent_id:
        raise Refused(
            "case.review.part",
            "“一件事”整体评价一次，请在总办件中评价。",
            "A one-thing is reviewed once as a whole; please review the overall case.",
            status=409,
        )
    if held.state.reviewed:
        raise _reviewed_already()
    require_current(held, None, "reviewed")
    _require_review(satisfaction, tags, comment)
    try:
        with transaction.atomic():
            Review.objects.create(
                case=held.record, satisfaction=satisfaction, tags=list(tags), comment=comment.strip(), at=at
            )
    except IntegrityError:
        raise _reviewed_already() from None
    append(held, "reviewed", {"satisfaction": satisfaction, "tags": list(tags)}, by=by, at=at)
    return ReviewShape(case_no, satisfaction, tuple(tags), comment.strip(), at)


def mark_read(*, notice_id: int, by: Actor, at: datetime) -> None:
    """Mark a notice of one's own as read; reading it twice changes nothing."""
    mine = Notice.objects.filter(pk=notice_id, to_key__in=own_keys(by))
    if not mine.filter(read_at=None).update(read_at=at) and not mine.exists():
        raise Refused(
            "case.notice.not-found",
            "找不到这条通知。请从消息列表进入。",
            "There is no such notice. Go there from your messages.",
            status=404,
        )


def lock_own(case_no: str, by: Actor) -> Held:
    """Return the applicant's own case locked; refused（404）for everybody else."""
    held = lock_case(case_no)
    if held.record.applicant_key not in own_keys(by):
        raise no_case()
    return held


def _missing(
    asked: Sequence[Mapping[str, str]], materials: Sequence[tuple[str, str, bytes]], values: Mapping[str, Any]
) -> list[FieldFault]:
    brought = {f"material:{material_id}" for material_id, _, _ in materials}
    faults = []
    for item in asked:
        target = item["target"]
        if target.startswith("material:"):
            is_there = target in brought
        elif target:
            is_there = bool(str(values.get(target) or "").strip())
        else:  # a plain demand: anything sent along answers it
            is_there = bool(brought) or bool(values)
        if not is_there:
            zh, en = item["title_zh"], item["title_en"]
            faults.append(FieldFault(target, "supplement", f"还缺“{zh}”", f"“{en}” is still missing"))
    return faults


def _keep(held: Held, material_id: str, name: str, content: bytes, wanted: set[str], at: datetime) -> Material:
    if f"material:{material_id}" not in wanted and "" not in wanted:
        refuse_faults([_not_asked(f"material:{material_id}")], "case.material.not-wanted")
    slot = slot_of(held, material_id)
    return keep_file(slot, name, content, owner_key=held.record.applicant_key, at=at, case=held.record)


def _not_asked(path: str) -> FieldFault:
    return FieldFault(path, "unknown", "这次补正没有要求这一项", "This was not asked for")


def _require_review(satisfaction: int, tags: Sequence[str], comment: str) -> None:
    is_sound = satisfaction in range(1, 6) and len(tags) <= MOST_TAGS and len(comment) <= LONGEST_COMMENT
    texts = [*tags, comment]
    if is_sound and all(len(tag) <= LONGEST_TAG for tag in tags) and not any(map(has_control_characters, texts)):
        return
    raise Refused(
        "case.review.invalid",
        f"请选择 1 至 5 级满意度；评价不超过 {LONGEST_COMMENT} 字、标签不超过 {MOST_TAGS} 个。",
        f"Choose a level from 1 to 5; at most {LONGEST_COMMENT} characters and {MOST_TAGS} tags.",
        field="satisfaction",
    )


def _reviewed_already() -> Refused:
    return Refused(
        "case.review.again",
        "这个办件已经评价过了，一事一评。如要补充意见，请拨打 12345。",
        "This case has been reviewed already; each is reviewed once. To add something, please call 12345.",
        status=409,
    )
