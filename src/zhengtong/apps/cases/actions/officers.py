"""What officers do（工作台动作）: take, put back, accept, refuse, ask for additions, check data, settle."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from zhengtong.apps.cases.actions.held_scope import case_scope
from zhengtong.apps.cases.actions.log import Held, append
from zhengtong.apps.cases.actions.officer_rules import done, lock_for, require_mine, require_reason, taken
from zhengtong.apps.cases.actions.tolerance import follow_ups_of
from zhengtong.apps.cases.held import (
    Read,
    read_from_json,
    read_to_json,
    values_from_json,
)
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.reading import read_uses
from zhengtong.apps.cases.rights import can_do, no_right
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused


@transaction.atomic
def claim_task(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case now in the officer's hands（认领）; refused（409）with who has it when somebody was faster."""
    held = lock_for(case_no, "claimed", by, version)
    if held.state.assignee_id is not None:
        raise taken(held)
    needed = {"accept": "accepted", "examine": "granted"}.get(held.state.phase)
    if needed and not can_do(by, needed, held.record.organisation_id):
        raise no_right(*LABELS["claimed"])
    return done(append(held, "claimed", {}, by=by, at=at), by, at)


@transaction.atomic
def release_task(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case put back into the pool（退回待认领）, by whoever has it or a leader."""
    held = lock_for(case_no, "released", by, version)
    if held.state.assignee_id != by.account_id and not can_do(by, "reassigned", held.record.organisation_id):
        raise taken(held)
    return done(append(held, "released", {}, by=by, at=at), by, at)


@transaction.atomic
def reassign_task(
    *, case_no: str, to_account_id: int, by: Actor, at: datetime, version: int | None = None
) -> CaseShape:
    """Return the case given to a colleague（改派）; a leader's action, to somebody with a post in the organisation."""
    held = lock_for(case_no, "reassigned", by, version)
    account = get_user_model().objects.filter(pk=to_account_id, is_active=True).first()
    if account is None:
        raise Refused(
            "case.task.no-colleague",
            "没有这位同事的可用账户，无法改派。请从本单位人员中重新选择。",
            "This colleague has no account in use, so the case cannot be given to them. Choose somebody else.",
            status=404,
        )
    colleague = people.get_actor(account, organisation_id=held.record.organisation_id, at=at)
    payload = {"account_id": colleague.account_id, "label": colleague.label}
    return done(append(held, "reassigned", payload, by=by, at=at), by, at)


@transaction.atomic
def accept_case(*, case_no: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case accepted（受理）: the promised and statutory clocks start, and the pack's data checks are read.

    Whoever accepts keeps the case if they may examine it too, else it returns to the pool.
    """
    held = lock_for(case_no, "accepted", by, version)
    require_mine(held, by, at)
    payload = {
        "keeps_assignee": can_do(by, "granted", held.record.organisation_id),
        "reads": {use_id: read_to_json(read) for use_id, read in check_reads(held, by, at).items()},
        **follow_ups_of(held, at),
    }
    return done(append(held, "accepted", payload, by=by, at=at), by, at)


@transaction.atomic
def check_data(*, case_no: str, by: Actor, at: datetime) -> CaseShape:
    """Return the case after its data checks were read again（重新核验）."""
    held = lock_for(case_no, "checked", by, None)
    reads = check_reads(held, by, at, again=True)
    payload = {"reads": {use_id: read_to_json(read) for use_id, read in reads.items()}}
    return done(append(held, "checked", payload, by=by, at=at), by, at)


@transaction.atomic
def refuse_acceptance(*, case_no: str, reason: str, by: Actor, at: datetime, version: int | None = None) -> CaseShape:
    """Return the case not accepted（不予受理）, with a reason and the remedies the law gives."""
    held = lock_for(case_no, "not-accepted", by, version)
    require_mine(held, by, at)
    reason = require_reason(reason)
    return done(append(held, "not-accepted", {"reason": reason}, by=by, at=at, notice={"reason": reason}), by, at)


def check_reads(held: Held, by: Actor, at: datetime, *, again: bool = False) -> dict[str, Read]:
    """Return the reads the pack's checks need, those the applicant's own prefill has not brought already."""
    wanted = {check.use for check in held.pack.checks}
    done = {use_id: read_from_json(kept) for use_id, kept in held.state.reads.items()}
    known = (
        {} if again else {use_id: read for use_id, read in done.items() if use_id not in wanted or read.state == "read"}
    )
    uses = [use for use in held.pack.data_uses if use.id in wanted and use.id not in known]
    if not uses:
        return {}
    reads, _ = read_uses(
        uses,
        case_scope(held, at, reads=known),
        pack=held.pack,
        region_code=held.record.region_code,
        case_no=held.record.no,
        by=by,
        at=at,
        done=known,
        values=values_from_json(held.state.values),
    )
    return {use.id: reads[use.id] for use in uses if use.id in reads}
