"""What a service or rule task of a drawing may ask of the platform（流程动词）: by name, once, as the platform itself.

Each verb returns the case as it left it, and the variables it gives back to the process; None when the process has gone on
by what the verb did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.actions.log import Held, append, hold, lock_case, send_notice
from zhengtong.apps.cases.actions.officers import check_reads
from zhengtong.apps.cases.actions.procedures import end_procedure, start_procedure
from zhengtong.apps.cases.actions.settling import settle_case
from zhengtong.apps.cases.held import read_to_json
from zhengtong.apps.cases.process.drawn import SETTLE, verb_of
from zhengtong.apps.cases.scope import to_plain
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.apps.policies import queries as policies
from zhengtong.flow.program.shapes import Node
from zhengtong.kit import Refused, local_date


@dataclass(frozen=True)
class Work:
    """One piece of work a process asks for: which element, by which token, with which variables in sight."""

    node: Node
    token: str
    variables: Mapping[str, Any]
    at: datetime

    def said(self, name: str) -> str:
        """Return what is said for a verb: a variable mapped in, else an attribute of the element."""
        return str(self.variables.get(name) or self.node.attributes.get(name, ""))


Result = tuple[Held, dict[str, Any] | None]


def perform(held: Held, work: Work) -> Result:
    """Do what a task asks; refused when the platform has no such verb."""
    if work.node.kind == "businessRuleTask" and work.node.attributes.get("decision"):
        return decide_by_rule(held, work)
    verb = VERBS.get(verb_of(work.node))
    if verb is None:
        raise Refused(
            "case.process.unknown-verb",
            f"流程里的“{work.node.name or work.node.id}”没有写平台会做的动作。可选：{'、'.join(sorted(VERBS))}。请改正流程图。",
            f"{work.node.id} asks for nothing the platform does. It can: {', '.join(sorted(VERBS))}. Correct the drawing.",
            facts={"element": work.node.id, "verb": verb_of(work.node)},
        )
    return verb(held, work)


def decide_by_rule(held: Held, work: Work) -> Result:
    """Let a published rule set decide over what the task takes in; its answer is the variable `resultVariable`."""
    code = work.node.attributes["decision"]
    rule = policies.rule_in_force(code, local_date(work.at), held.record.region_code)
    answer = to_plain(rule.decision.decide({name: to_plain(value) for name, value in work.variables.items()}))
    return held, {work.node.attributes.get("resultVariable", code): answer}


def notify(held: Held, work: Work) -> Result:
    """Tell the applicant what the drawing says, in both languages."""
    words = {"reason": work.said("notice_zh"), "reason_en": work.said("notice_en")}
    send_notice(held, "process-note", f"{held.record.pk}:process:{work.token}", work.at, words)
    return held, {}


def check(held: Held, work: Work) -> Result:
    """Read the data checks of the matter again."""
    reads = check_reads(held, SYSTEM, work.at, again=True)
    payload = {"reads": {use_id: read_to_json(read) for use_id, read in reads.items()}}
    return append(held, "checked", payload, by=SYSTEM, at=work.at), {}


def pause(held: Held, work: Work) -> Result:
    """Begin a declared special procedure: the clocks stand still."""
    start_procedure(
        case_no=held.record.no,
        procedure=work.said("procedure"),
        reason=work.said("reason") or work.node.name,
        by=SYSTEM,
        at=work.at,
    )
    return lock_case(held.record.no), {}


def resume(held: Held, work: Work) -> Result:
    """End the special procedure under way: the clocks run again."""
    end_procedure(case_no=held.record.no, result=work.said("result") or work.node.name, by=SYSTEM, at=work.at)
    return lock_case(held.record.no), {}


def settle(held: Held, work: Work) -> Result:
    """Decide the case as the process has it: `decision`, `reason` and the outcome's fields come from its variables."""
    fields = {field.id: work.variables[field.id] for field in held.pack.outcome if work.variables.get(field.id)}
    settle_case(
        case_no=held.record.no,
        decision=work.said("decision") or "granted",
        reason=work.said("reason"),
        outcome=fields,
        by=SYSTEM,
        at=work.at,
        version=held.state.version,
    )
    held.record.refresh_from_db()
    return hold(held.record), None


VERBS: Mapping[str, Callable[[Held, Work], Result]] = {
    "notify": notify,
    "check-data": check,
    "pause-clock": pause,
    "resume-clock": resume,
    SETTLE: settle,
}
