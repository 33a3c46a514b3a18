"""Doors for changing: open a proceeding, and take a step of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhengtong.apps.demands import queries
from zhengtong.apps.demands.declared_steps import Step, declared, kind_of
from zhengtong.apps.demands.models import Proceeding, ProceedingStep
from zhengtong.apps.demands.shapes import ProceedingShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.exchange import queries as exchange_queries
from zhengtong.apps.exchange.shapes import GrantShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused
from zhengtong.kit.calendar import Term, builtin_calendar, due_on

PREFIX = {"demand": "XQ", "misuse": "WG", "dispute": "ZY", "disposal": "CZ"}
MOST_TEXT = 2000
ON_GRANT = {
    "suspend": exchange.suspend_grant,
    "resume": exchange.resume_grant,
    "revoke": exchange.revoke_grant,
}
WANTED = {
    "title": ("要什么数据", "what data you want"),
    "fields": ("需要哪些数据项", "which fields you need"),
    "purpose": ("办什么事、在哪个环节用", "what for, and at which step"),
    "basis": ("依据", "the basis"),
}
NEEDED = {
    "note": ("说明", "an explanation"),
    "basis": ("依据（法律、行政法规或国务院决定）", "the basis in law"),
    "provider": ("提供部门", "the provider"),
    "resource": ("数据资源代码", "the resource"),
    "manner": ("处置方式", "what was done with the data"),
}


@transaction.atomic
def post_demand(
    *, title: str, purpose: str, basis: str, fields: Sequence[str], by: Actor, at: dt.datetime
) -> ProceedingShape:
    """Ask for data that the catalogue does not have（发布数据需求）; the sharing authority assigns a provider."""
    own = require_right(by, "share.request", "发布数据需求", "post a demand")
    told = {"basis": basis.strip()[:MOST_TEXT], "fields": "、".join(name.strip() for name in fields if name.strip())}
    given = {"title": title, "fields": told["fields"], "purpose": purpose, "basis": basis}
    if lacking := [name for name, text in given.items() if not text.strip()]:
        raise lacking_of_demand(lacking)
    return opened("demand", title, purpose, told, by, at, consumer_id=own)


@transaction.atomic
def report_misuse(*, grant_no: str, violation: str, facts: str, by: Actor, at: dt.datetime) -> ProceedingShape:
    """Report use beyond a grant（违规使用）as its provider or the authority; the grant goes on until it is suspended."""
    grant = exchange_queries.get_grant(grant_no, by)
    if violation not in declared()["violations"] or not facts.strip():
        raise incomplete("demands.misuse.incomplete", "违规情形和事实", "the violation and the facts")
    if not (queries.is_authority(by) or people.can_(by, "share.approve", grant.resource.provider.id)):
        raise no_right("报告违规使用", "report misuse of this grant")
    told = {"grant": grant.no, "resource": grant.resource.code, "violation": violation}
    return opened("misuse", declared()["violations"][violation]["zh"], facts, told, by, at, grant=grant)


@transaction.atomic
def open_dispute(
    *, title: str, facts: str, by: Actor, at: dt.datetime, grant_no: str = "", request_no: str = ""
) -> ProceedingShape:
    """Open a dispute（共享争议）over a request or a grant, as either side; first the two negotiate."""
    if bool(grant_no) == bool(request_no) or not title.strip() or not facts.strip():
        raise incomplete(
            "demands.dispute.incomplete", "争议的申请或授权、标题和理由", "the request or grant, title, facts"
        )
    grant = exchange_queries.get_grant(grant_no, by) if grant_no else None
    asked = exchange_queries.get_request(request_no, by) if request_no else None
    about = grant or asked
    assert about is not None
    parties = (about.consumer.id, about.resource.provider.id)
    own = by.organisation.id if by.organisation else 0
    rights = ("share.request", "share.consent", "share.approve", "share.answer")
    if own not in parties or not any(people.can_(by, right, own) for right in rights):
        raise no_right("提出争议", "open a dispute")
    told = {"grant": grant_no, "request": request_no, "resource": about.resource.code}
    return opened("dispute", title, facts, told, by, at, grant=grant, consumer_id=parties[0], provider_id=parties[1])


def open_disposals(*, at: dt.datetime) -> int:
    """Open the disposal of every grant that has ended and has none yet; returns how many. Safe to run twice."""
    ended = exchange_queries.ended_grants(timezone.localdate(at))
    have = set(Proceeding.objects.filter(kind="disposal", grant__no__in=ended).values_list("grant__no", flat=True))
    made = 0
    for no in ended:
        if no in have:
            continue
        grant = exchange_queries.get_grant(no, SYSTEM)
        told = {"grant": no, "resource": grant.resource.code}
        title = f"{grant.resource.title_zh}：授权已结束，请处置数据"
        try:
            with transaction.atomic():
                opened("disposal", title, grant.ended_reason, told, SYSTEM, at, grant=grant)
            made += 1
        except IntegrityError:  # another process was faster
            continue
    return made


@transaction.atomic
def take_step(
    *,
    no: str,
    step: str,
    by: Actor,
    at: dt.datetime,
    note: str = "",
    basis: str = "",
    provider: int | None = None,
    resource: str = "",
    manner: str = "",
) -> ProceedingShape:
    """Take one step of a proceeding; `needs` of the step says what must be given.

    Refused: the step is not open now（409）or not this side's（403）, something needed is missing（422）.
    """
    queries.get_proceeding(no, by)
    record = Proceeding.objects.select_for_update().get(no=no)
    chosen = open_step(record, step, by)
    given = {"note": note, "basis": basis, "resource": resource, "manner": manner, "provider": provider or ""}
    for name in chosen.needs:
        given[name] = needed(name, str(given[name]))
    apply_given(record, chosen, given)
    if chosen.grant:
        assert record.grant_id
        ON_GRANT[chosen.grant](grant_no=record.told["grant"], reason=note or chosen.zh, by=by, at=at)
    record.state = chosen.to
    record.due_on = due(chosen.term, at)
    record.ended_at = at if chosen.to in kind_of(record.kind).ends else None
    record.save()
    return noted(record, step, "；".join(filter(None, (note.strip(), basis.strip()))), by, at)


def open_step(record: Proceeding, name: str, by: Actor) -> Step:
    step = kind_of(record.kind).steps.get(record.state, {}).get(name)
    if step is None:
        state = kind_of(record.kind).states[record.state]
        raise Refused(
            "demands.step.not-open",
            f"{record.no} 现在是“{state[0]}”，不能这样办。请刷新看最新状态。",
            f"{record.no} is “{state[1]}” now and this cannot be done: reload to see where it stands.",
            status=409,
        )
    if not queries.may_take(step.by, record, by):
        raise no_right(step.zh, step.en.lower())
    return step


def apply_given(record: Proceeding, step: Step, given: dict[str, str]) -> None:
    """Keep what a step tells, after looking that it is there."""
    if "provider" in step.needs:
        record.provider_id = people.get_organisation(int(given["provider"])).id
    if "resource" in step.needs:
        record.told["resource"] = queries.find_resource_of(record.provider_id or 0, given["resource"])
    if "manner" in step.needs:
        if given["manner"] not in declared()["manners"]:
            raise incomplete("demands.step.manner", "列出的处置方式之一", "one of the listed manners")
        record.told["manner"] = given["manner"]
    if "basis" in step.needs:
        record.told["answer_basis"] = given["basis"]


def opened(
    kind: str,
    title: str,
    detail: str,
    told: dict[str, str],
    by: Actor,
    at: dt.datetime,
    *,
    grant: GrantShape | None = None,
    consumer_id: int | None = None,
    provider_id: int | None = None,
) -> ProceedingShape:
    rules = kind_of(kind)
    try:
        with transaction.atomic():
            record = Proceeding.objects.create(
                no=exchange.next_no(PREFIX[kind], at),
                kind=kind,
                state=rules.first,
                title=title.strip()[:200],
                detail=detail.strip()[:MOST_TEXT],
                told={name: value for name, value in told.items() if value},
                consumer_id=grant.consumer.id if grant else consumer_id,
                provider_id=grant.resource.provider.id if grant else provider_id,
                grant_id=exchange_queries.grant_id(grant.no) if grant else None,
                opened_by_organisation=by.organisation.id if by.organisation else None,
                opened_at=at,
                due_on=due(rules.term, at),
            )
    except IntegrityError:
        if kind == "disposal":
            raise
        raise Refused(
            "demands.open.open-already",
            "同一授权的同类事项正在办理中，请在原事项中继续。",
            "The same is being dealt with for this grant already: go on there.",
            status=409,
        ) from None
    return noted(record, "opened", record.detail, by, at)


def noted(record: Proceeding, step: str, note: str, by: Actor, at: dt.datetime) -> ProceedingShape:
    """Append the step with its receipt and return the proceeding as it now stands."""
    rules = kind_of(record.kind)
    zh, en = rules.label(step)
    receipt = evidence.record(
        kind=f"{record.kind}.{step}",
        body={"proceeding": record.no, "state": record.state, "grant": record.told.get("grant", "")},
        by=by,
        at=at,
        summary_zh=f"{record.no} {rules.zh}：{zh}",
        summary_en=f"{record.no} {rules.en}: {en}",
    )
    seq = record.steps.count() + 1
    ProceedingStep.objects.create(
        proceeding=record,
        seq=seq,
        step=step,
        at=at,
        by_label=by.label,
        note=note[:MOST_TEXT],
        receipt_no=receipt.no,
    )
    return queries.to_shape(Proceeding.objects.get(pk=record.pk), by)


def due(term: Term | None, at: dt.datetime) -> dt.date | None:
    return due_on(term, at, builtin_calendar()) if term else None


def require_right(by: Actor, right: str, zh: str, en: str) -> int:
    own = by.organisation.id if by.organisation else 0
    if not own or not people.can_(by, right, own):
        raise no_right(zh, en)
    return own


def needed(name: str, text: str) -> str:
    if not text.strip():
        zh, en = NEEDED[name]
        raise Refused("demands.step.incomplete", f"请填写{zh}。", f"Give {en}.", field=name)
    return text.strip()[:MOST_TEXT]


def no_right(zh: str, en: str) -> Refused:
    return Refused(
        "demands.right.missing",
        f"您没有“{zh}”的权限，请有权限的同事办理，或请安全管理员任命。",
        f"You may not {en}: ask a colleague who may, or the security administrator.",
        status=403,
    )


def lacking_of_demand(names: Sequence[str]) -> Refused:
    """Say all that a demand lacks at once, each with its field."""
    said = [(name, *WANTED[name]) for name in names]
    zh, en = "、".join(zh for _, zh, _ in said), "; ".join(en for _, _, en in said)
    faults = [{"path": name, "zh": f"请填写{zh}。", "en": f"Give {en}."} for name, zh, en in said]
    return Refused("demands.post.incomplete", f"请填写{zh}。", f"Give {en}.", field=names[0], facts={"faults": faults})


def incomplete(code: str, zh: str, en: str) -> Refused:
    return Refused(code, f"请填写{zh}。", f"Give {en}.")
