"""Writes of this room（动作）: keyword-only, `by` who acts, `at` when; one transaction, one receipt, may refuse."""

from zhengtong.apps.cases.actions.applicants import answer_supplement, mark_read, review_case, withdraw_case
from zhengtong.apps.cases.actions.drafts import drop_draft, save_page, start_draft
from zhengtong.apps.cases.actions.filing import file_case
from zhengtong.apps.cases.actions.materials import attach_material, drop_material, reuse_material
from zhengtong.apps.cases.actions.officers import (
    accept_case,
    check_data,
    claim_task,
    reassign_task,
    refuse_acceptance,
    release_task,
)
from zhengtong.apps.cases.actions.settling import settle_case
from zhengtong.apps.cases.actions.submitting import submit_case
from zhengtong.apps.cases.actions.supplements import ask_supplement
from zhengtong.apps.cases.actions.upkeep import (
    deem_accepted,
    drop_expired_drafts,
    expire_supplements,
    rebuild_projection,
    remind,
)

__all__ = [
    "accept_case",
    "answer_supplement",
    "ask_supplement",
    "attach_material",
    "check_data",
    "claim_task",
    "deem_accepted",
    "drop_draft",
    "drop_expired_drafts",
    "drop_material",
    "expire_supplements",
    "file_case",
    "mark_read",
    "reassign_task",
    "rebuild_projection",
    "refuse_acceptance",
    "release_task",
    "remind",
    "reuse_material",
    "review_case",
    "save_page",
    "settle_case",
    "start_draft",
    "submit_case",
    "withdraw_case",
]
