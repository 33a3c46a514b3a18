"""Doors for reading: proceedings of one's own side, how demand is met, and what supervision points out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from statistics import median

from django.db.models import Q, QuerySet
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.corrections import queries as corrections
from zhengtong.apps.demands.declared_steps import declared, kind_of
from zhengtong.apps.demands.models import Proceeding
from zhengtong.apps.demands.shapes import (
    Board,
    ChoiceShape,
    ProceedingShape,
    StepShape,
    SupervisionFinding,
    SupplyRecord,
    Violation,
)
from zhengtong.apps.exchange import queries as exchange
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.kit.calendar import builtin_calendar, due_on
from zhengtong.kit.calendar.statutory import get_statutory_term

__all__ = ["board", "get_proceeding", "list_proceedings", "list_violations", "satisfaction", "supervise"]
KINDS = ("demand", "misuse", "dispute", "disposal")
AUTHORITY = "data-bureau"
MOST_FINDINGS = 200


def get_proceeding(no: str, by: Actor) -> ProceedingShape:
    """Return a proceeding to its sides and the sharing authority; refused（404）to all others."""
    record = visible(by).filter(no=no).first()
    if record is None:
        raise Refused(
            "demands.get.unknown",
            f"没有编号为 {no} 的事项，或与本机构无关。请核对编号。",
            f"There is no proceeding {no}, or your organisation has no part in it: check the number.",
            status=404,
        )
    return to_shape(record, by)


def list_proceedings(by: Actor, *, kind: str = "", open_only: bool = False, limit: int = 100) -> list[ProceedingShape]:
    """Return what concerns the actor's organisation, what is due first first."""
    found = visible(by)
    found = found.filter(kind=kind) if kind else found
    found = found.filter(ended_at=None) if open_only else found
    return [to_shape(record, by) for record in found.order_by("ended_at", "due_on", "-id")[:limit]]


def board(by: Actor, *, limit: int = 100) -> Board:
    """Return the demands that any department may see, open ones first, and published resources nobody has a grant on."""
    if by.organisation is None and by.kind != "system":
        raise Refused(
            "demands.board.officers-only",
            "供需看板供政府部门使用，请以机构岗位登录。",
            "The board is for departments: sign in with a post in an organisation.",
            status=403,
        )
    demands = Proceeding.objects.filter(kind="demand").order_by("ended_at", "-id").prefetch_related("steps")[:limit]
    granted = exchange.granted_resource_codes()
    offered = [one for one in catalog.list_resources(by=by).resources if one.code not in granted]
    offers = tuple((one.name, one.title_zh, one.title_en) for one in offered if one.status == "published")
    return Board(tuple(to_shape(record, by) for record in demands), offers[:limit])


def satisfaction(on: dt.date | None = None) -> list[SupplyRecord]:
    """Return how each department meets requests and demands, the least met first; figures only."""
    day = on or timezone.localdate()
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for provider_id, status, is_late in exchange.request_outcomes(day):
        count(counted[provider_id], status in ("approved", "rejected"), status == "approved", is_late)
    for record in Proceeding.objects.filter(kind="demand").exclude(provider=None).exclude(state="withdrawn"):
        is_late = record.ended_at is None and record.due_on is not None and record.due_on < day
        count(counted[record.provider_id], record.ended_at is not None, record.state == "met", is_late)
    told = [SupplyRecord(people.get_organisation(key), *numbers) for key, numbers in counted.items()]
    return sorted(told, key=lambda one: (101 if one.met_percent is None else one.met_percent, -one.overdue))


def count(numbers: list[int], is_answered: bool, is_met: bool, is_late: bool) -> None:
    for place, holds in enumerate((True, is_answered, is_met, is_late)):
        numbers[place] += holds


def supervise(by: Actor, *, on: dt.date | None = None) -> list[SupervisionFinding]:
    """Return what the sharing authority should look at（数据监管）: grants, requests, supply, proceedings; no persons.

    Refused（403）to anybody else. Five queries and those of `exchange`, whatever the number of grants.
    """
    if not is_authority(by):
        raise Refused(
            "demands.supervise.authority-only",
            "数据监管由政务数据共享主管部门使用。",
            "Supervision of sharing is for the sharing authority.",
            status=403,
        )
    day = on or timezone.localdate()
    told = [*unused_grants(day), *unusual_use(day), *late_requests(day), *late_supply(day), *late_proceedings(day)]
    for late in corrections.list_overdue(by=by, on=day, limit=MOST_FINDINGS):
        told.append(
            SupervisionFinding("correction", late.no, "校核逾期未答复", "check not answered in time", late.due_on)
        )
    return told[:MOST_FINDINGS]


def unused_grants(day: dt.date) -> list[SupervisionFinding]:
    days = declared()["supervision"]["unused_days"]
    return [
        SupervisionFinding("unused", no, f"{days} 天没有使用", f"not used for {days} days", since, days)
        for no, since in exchange.grants_without_calls(since=day - dt.timedelta(days=days))
    ]


def unusual_use(day: dt.date) -> list[SupervisionFinding]:
    """Point out grants called today far more than usual: beyond `unusual_factor` × the median of the days before."""
    rules = declared()["supervision"]
    found = []
    for no, days in exchange.calls_by_day(since=day - dt.timedelta(days=rules["median_days"])).items():
        today = days.pop(day, 0)
        usual = median([*days.values(), *[0] * (rules["median_days"] - len(days))]) if days else 0
        if today >= rules["unusual_calls"] and today > rules["unusual_factor"] * usual:
            zh, en = f"今天调用 {today} 次，平时约 {usual:g} 次", f"{today} calls today, usually about {usual:g}"
            found.append(SupervisionFinding("unusual", no, zh, en, day, today))
    return found


def late_requests(day: dt.date) -> list[SupervisionFinding]:
    return [
        SupervisionFinding("unanswered", no, "共享申请逾期未答复", "request not answered in time", since)
        for no, since in exchange.unanswered_requests(day)
    ]


def late_supply(day: dt.date) -> list[SupervisionFinding]:
    """Point out grants without data when the law's term for supplying them is over (art. 22)."""
    term, calendar = get_statutory_term("SHR_DELIVER", on=day).term, builtin_calendar()
    found = [(no, due_on(term, at, calendar)) for no, at in exchange.grants_without_data()]
    return [
        SupervisionFinding("undelivered", no, "同意后逾期未提供数据", "approved, but not supplied in time", due)
        for no, due in found
        if due < day
    ]


def late_proceedings(day: dt.date) -> list[SupervisionFinding]:
    late = Proceeding.objects.filter(ended_at=None, due_on__lt=day).order_by("due_on")[:MOST_FINDINGS]
    return [
        SupervisionFinding(
            record.kind, record.no, f"{kind_of(record.kind).zh}逾期", f"{kind_of(record.kind).en}: late", record.due_on
        )
        for record in late
    ]


def list_violations() -> list[Violation]:
    """Return the ways of misuse a report chooses from."""
    given = declared()["violations"]
    return [Violation(code, told["zh"], told["en"], told["article"]) for code, told in given.items()]


def visible(by: Actor) -> QuerySet[Proceeding]:
    found = Proceeding.objects.prefetch_related("steps")
    if by.kind == "system" or is_authority(by):
        return found
    own = by.organisation.id if by.organisation else 0
    return found.filter(Q(consumer_id=own) | Q(provider_id=own))


def is_authority(by: Actor) -> bool:
    if by.kind == "system":
        return True
    organisation = by.organisation
    if organisation is None or organisation.function != AUTHORITY:
        return False
    return any(people.can_(by, right, organisation.id) for right in ("share.approve", "resource.publish"))


def may_take(side: str, record: Proceeding, by: Actor) -> bool:
    """Return whether the actor stands on the side that a step belongs to, with the right to act for it."""
    asks = record.consumer_id and any(
        people.can_(by, right, record.consumer_id) for right in ("share.request", "share.consent")
    )
    answers = record.provider_id and any(
        people.can_(by, right, record.provider_id) for right in ("share.approve", "share.answer")
    )
    own = by.organisation.id if by.organisation else None
    return bool(
        {
            "consumer": asks,
            "provider": answers,
            "authority": is_authority(by),
            "supervisor": answers or is_authority(by),
            "party": asks or answers,
            "opener": own is not None and own == record.opened_by_organisation and (asks or answers),
        }[side]
    )


def to_shape(record: Proceeding, by: Actor) -> ProceedingShape:
    kind = kind_of(record.kind)
    zh, en = kind.states[record.state]
    steps = kind.steps.get(record.state, {}).values()
    return ProceedingShape(
        no=record.no,
        kind=record.kind,
        kind_zh=kind.zh,
        kind_en=kind.en,
        title=record.title,
        detail=record.detail,
        state=record.state,
        state_zh=zh,
        state_en=en,
        is_ended=record.ended_at is not None,
        consumer=people.get_organisation(record.consumer_id) if record.consumer_id else None,
        provider=people.get_organisation(record.provider_id) if record.provider_id else None,
        grant_no=record.told.get("grant", ""),
        resource_code=record.told.get("resource", ""),
        told={name: str(value) for name, value in record.told.items()},
        opened_at=record.opened_at,
        due_on=record.due_on,
        is_overdue=record.ended_at is None and record.due_on is not None and record.due_on < timezone.localdate(),
        steps=tuple(
            StepShape(one.at, one.step, *kind.label(one.step), one.by_label, one.note, one.receipt_no)
            for one in record.steps.all()
        ),
        choices=tuple(
            ChoiceShape(step.name, step.zh, step.en, step.needs) for step in steps if may_take(step.by, record, by)
        ),
    )


def find_resource_of(provider_id: int, code: str) -> str:
    """Return the code of a published resource of this provider; refused（422）when there is none such."""
    resource = catalog.find_resource(code)
    if resource is None or resource.status != "published" or resource.provider.id != provider_id:
        raise Refused(
            "demands.step.resource",
            f"“{code}”不是本部门已发布的数据资源。请先登记、发布，再以此答复。",
            f"{code!r} is no published resource of yours. Register and publish it first, then answer with it.",
            field="resource",
        )
    return resource.code
