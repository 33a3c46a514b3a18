"""Writes of this room（动作）: keyword-only, `by` who acts, `at` when; one transaction, one receipt, may refuse."""

from zhengtong.apps.cases.actions.aftercare import (
    answer_objection,
    deliver_case,
    raise_objection,
    record_delivery,
    record_payment,
    record_posting,
    record_refund,
)
from zhengtong.apps.cases.actions.applicants import answer_supplement, mark_read, review_case, withdraw_case
from zhengtong.apps.cases.actions.archiving import archive_case, archive_settled
from zhengtong.apps.cases.actions.batch import Decision, settle_batch
from zhengtong.apps.cases.actions.consulting import answer_consult, ask_cosign, consult, cosign
from zhengtong.apps.cases.actions.deadlines import act_on_deadlines
from zhengtong.apps.cases.actions.drafts import drop_draft, save_page, start_draft
from zhengtong.apps.cases.actions.filing import file_case
from zhengtong.apps.cases.actions.granting import (
    Entitled,
    Finding,
    facts_of,
    grant_found,
    grant_many,
    list_granted,
    refuse_values,
)
from zhengtong.apps.cases.actions.materials import attach_material, drop_material, reuse_material
from zhengtong.apps.cases.actions.officers import (
    accept_case,
    check_data,
    claim_task,
    reassign_task,
    refuse_acceptance,
    release_task,
)
from zhengtong.apps.cases.actions.passing import forward_case, take_in, window_actor
from zhengtong.apps.cases.actions.procedures import end_procedure, start_procedure
from zhengtong.apps.cases.actions.process import complete_process_task, deliver_message, run_process, run_processes
from zhengtong.apps.cases.actions.promises import (
    revoke_decision,
    send_follow_up,
    sign_promise,
    unsign_promise,
    verify_commitment,
    withdraw_commitment,
)
from zhengtong.apps.cases.actions.proposals import (
    approve_proposal,
    propose_extension,
    propose_supplement,
    reject_proposal,
)
from zhengtong.apps.cases.actions.recounting import announce_days, change_terms, recount_clocks
from zhengtong.apps.cases.actions.rectifying import (
    appeal_review,
    call_back_reviewer,
    contact_reviewer,
    decide_appeal,
    rectify_review,
)
from zhengtong.apps.cases.actions.settling import settle_case
from zhengtong.apps.cases.actions.standing_in import (
    drop_phrase,
    end_substitution,
    keep_phrase,
    name_substitute,
    see_alert,
)
from zhengtong.apps.cases.actions.submitting import submit_case
from zhengtong.apps.cases.actions.supplements import ask_supplement
from zhengtong.apps.cases.actions.upkeep import drop_expired_drafts, rebuild_projection, remind
from zhengtong.apps.cases.actions.versions import (
    change_version,
    preview_version_change,
    report_of,
    revert_version_change,
)
from zhengtong.apps.cases.numbers import next_numbers
from zhengtong.apps.cases.scope import to_plain

__all__ = [
    "change_version",
    "preview_version_change",
    "revert_version_change",
    "report_of",
    "Entitled",
    "Finding",
    "facts_of",
    "grant_found",
    "grant_many",
    "list_granted",
    "next_numbers",
    "refuse_values",
    "to_plain",
    "archive_settled",
    "archive_case",
    "complete_process_task",
    "deliver_message",
    "run_process",
    "run_processes",
    "recount_clocks",
    "change_terms",
    "announce_days",
    "Decision",
    "accept_case",
    "act_on_deadlines",
    "answer_consult",
    "answer_objection",
    "answer_supplement",
    "appeal_review",
    "approve_proposal",
    "ask_cosign",
    "ask_supplement",
    "attach_material",
    "call_back_reviewer",
    "check_data",
    "claim_task",
    "consult",
    "contact_reviewer",
    "cosign",
    "decide_appeal",
    "deliver_case",
    "drop_draft",
    "drop_expired_drafts",
    "drop_material",
    "drop_phrase",
    "end_procedure",
    "end_substitution",
    "file_case",
    "forward_case",
    "keep_phrase",
    "mark_read",
    "name_substitute",
    "propose_extension",
    "propose_supplement",
    "raise_objection",
    "reassign_task",
    "rebuild_projection",
    "record_delivery",
    "record_payment",
    "record_posting",
    "record_refund",
    "rectify_review",
    "refuse_acceptance",
    "reject_proposal",
    "release_task",
    "remind",
    "reuse_material",
    "review_case",
    "revoke_decision",
    "save_page",
    "see_alert",
    "send_follow_up",
    "settle_batch",
    "settle_case",
    "sign_promise",
    "start_draft",
    "start_procedure",
    "submit_case",
    "take_in",
    "unsign_promise",
    "verify_commitment",
    "window_actor",
    "withdraw_case",
    "withdraw_commitment",
]
