"""Special procedures（特别程序）: the clock stands still for a hearing, an inspection or an expert's review — with a reason,
with evidence, for no longer than declared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from zhengtong.apps.cases.actions.files import OfficeFile, keep_office_files
from zhengtong.apps.cases.actions.log import Held, append
from zhengtong.apps.cases.actions.officer_rules import done, lock_for, require_mine, require_reason
from zhengtong.apps.cases.checking import has_control_characters
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.declared.handling import Procedure
from zhengtong.kit import Refused, local_date, to_local
from zhengtong.kit.calendar import calendar_in_force, due_on

LONGEST_PLACE = 120


@transaction.atomic
def start_procedure(
    *,
    case_no: str,
    procedure: str,
    reason: str,
    by: Actor,
    at: datetime,
    until_on: date | None = None,
    evidence: Sequence[OfficeFile] = (),
    hearing_at: datetime | None = None,
    place: str = "",
    version: int | None = None,
) -> CaseShape:
    """Return the case in a special procedure（特别程序）: its clocks stand still, and the applicant is told until when.

    `until_on` is the time it needs, at most the declared longest. Of a hearing day and place are told, so many days before
    as the law asks（422 `case.hearing.too-soon`）. `evidence` are (file name, bytes).
    """
    held = lock_for(case_no, "procedure-started", by, version)
    require_mine(held, by, at)
    declared = _declared(held, procedure)
    longest = due_on(declared.most, at, calendar_in_force())
    until = until_on or longest
    _require_until(declared, until, longest, at)
    if declared.kind == "hearing":
        _require_notice(declared, hearing_at, place, until, at)
    payload: dict[str, Any] = {
        "procedure": declared.id,
        "procedure_kind": declared.kind,
        "title_zh": declared.title.zh,
        "title_en": declared.title.en,
        "reason": require_reason(reason),
        "until_on": until.isoformat(),
        "evidence": keep_office_files(held, "evidence", evidence, at),
    }
    if hearing_at:
        payload |= {"hearing_at": hearing_at.isoformat(), "place": place.strip()}
    return done(append(held, "procedure-started", payload, by=by, at=at, notice=_words(payload, hearing_at)), by, at)


@transaction.atomic
def end_procedure(
    *,
    case_no: str,
    result: str,
    by: Actor,
    at: datetime,
    files: Sequence[OfficeFile] = (),
    version: int | None = None,
) -> CaseShape:
    """Return the case going on after a special procedure, with what came of it; a hearing leaves its minutes（听证笔录）."""
    held = lock_for(case_no, "procedure-ended", by, version)
    require_mine(held, by, at)
    open_one = held.state.procedure
    assert open_one is not None, "the state admits it only within one"
    is_hearing = open_one.kind == "hearing"
    if is_hearing and not files:
        raise Refused(
            "case.hearing.no-minutes",
            "听证须制作笔录，并根据笔录作出决定。请上传由参加人签字或盖章的听证笔录。",
            "A hearing leaves minutes, on which the decision rests. Upload the minutes signed by those who took part.",
            field="files",
        )
    if is_hearing and open_one.hearing_at and at < open_one.hearing_at:
        raise Refused(
            "case.hearing.not-held",
            f"听证定于 {to_local(open_one.hearing_at):%Y-%m-%d %H:%M} 举行，还没有到时间。",
            f"The hearing is at {to_local(open_one.hearing_at):%Y-%m-%d %H:%M}; it has not been held yet.",
            status=409,
        )
    payload = {
        "procedure": open_one.id,
        "title_zh": open_one.title[0],
        "title_en": open_one.title[1],
        "reason": require_reason(result, "result"),
        "files": keep_office_files(held, "minutes" if is_hearing else "report", files, at),
    }
    words = {"reason": payload["reason"], "items": [{"title_zh": open_one.title[0], "title_en": open_one.title[1]}]}
    return done(append(held, "procedure-ended", payload, by=by, at=at, notice=words), by, at)


def _declared(held: Held, procedure: str) -> Procedure:
    found = held.pack.handling.procedure(procedure)
    if found is None:
        names = held.pack.handling.procedures
        raise Refused(
            "case.procedure.unknown",
            f"这个事项没有这种特别程序。可选：{'、'.join(one.title.zh for one in names)}。",
            f"This matter has no such special procedure. It has: {', '.join(one.title.en for one in names)}.",
            field="procedure",
            facts={"procedure": procedure},
        )
    return found


def _require_until(declared: Procedure, until: date, longest: date, at: datetime) -> None:
    if local_date(at) <= until <= longest:
        return
    raise Refused(
        "case.procedure.too-long",
        f"{declared.title.zh}最长到 {longest.isoformat()}，不能早于今天。请改填预计结束日期。",
        f"{declared.title.en} may last until {longest.isoformat()} and not end before today. Correct the expected day.",
        basis=declared.most.basis,
        field="until_on",
        facts={"longest": longest.isoformat()},
    )


def _require_notice(declared: Procedure, hearing_at: datetime | None, place: str, until: date, at: datetime) -> None:
    if hearing_at is None or not place.strip() or len(place) > LONGEST_PLACE or has_control_characters(place):
        raise Refused(
            "case.hearing.incomplete",
            "举行听证须告知时间和地点，请补全。",
            "The parties are told when and where the hearing is held; please complete it.",
            field="hearing_at",
        )
    calendar = calendar_in_force()
    earliest = due_on(declared.notice, at, calendar) if declared.notice else local_date(at)
    if local_date(hearing_at) > earliest and local_date(hearing_at) <= until:
        return
    raise Refused(
        "case.hearing.too-soon",
        f"须提前通知听证的时间、地点：最早可定在 {earliest.isoformat()} 之后，且不晚于 {until.isoformat()}。请另定日期。",
        f"Parties are told in advance: the hearing is after {earliest.isoformat()} and by {until.isoformat()}. "
        "Choose another day.",
        basis=declared.notice.basis if declared.notice else None,
        field="hearing_at",
        facts={"after": earliest.isoformat(), "by": until.isoformat()},
    )


def _words(payload: dict[str, Any], hearing_at: datetime | None) -> dict[str, Any]:
    items = [{"title_zh": payload["title_zh"], "title_en": payload["title_en"]}]
    place = ("", "")
    if hearing_at:
        when = f"{to_local(hearing_at):%Y-%m-%d %H:%M}"
        place = (f"时间 {when}，地点：{payload['place']}。", f" Time: {when}; place: {payload['place']}.")
    until = date.fromisoformat(payload["until_on"])
    return {"items": items, "reason": payload["reason"], "due_on": until, "where": place}
