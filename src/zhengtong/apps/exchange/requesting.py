"""Asking for data and being answered（申请与答复）: draft, consent, supplement, approval in part, rejection, withdrawal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import NOT_SHARED, ResourceShape
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.elements import ART_20, ART_21, ART_24, needed
from zhengtong.apps.exchange.models import Backflow, Client, Grant, ShareRequest
from zhengtong.apps.exchange.noting import grant_recorded, locked_request, next_no, noted, submit
from zhengtong.apps.exchange.shapes import MODES, GrantShape, Hours, RequestShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.kit.masking import masker


@transaction.atomic
def request_share(
    *,
    resource_code: str,
    fields: Sequence[str],
    usage_basis: str,
    usage_scenario: str,
    usage_scope: str,
    share_modes: Sequence[str],
    valid_from: dt.date,
    valid_until: dt.date,
    by: Actor,
    at: dt.datetime,
) -> RequestShape:
    """Ask for fields of a resource（共享申请）; the own head consents before the provider sees it (art. 20).

    Refused: an element is missing, a field is unknown or not shared, a mode is not offered, the term is wrong.
    """
    resource = catalog.get_resource(resource_code, by=by)
    consumer = by.organisation
    catalog.require_permission(by, "share.request", consumer.id if consumer else 0, "申请共享数据", "request data")
    told = {"usage_basis": usage_basis, "usage_scenario": usage_scenario, "usage_scope": usage_scope}
    check_elements(told)
    check_fields(resource, fields)
    check_modes(resource, share_modes)
    check_term(valid_from, valid_until, at)
    record = ShareRequest.objects.create(
        no=next_no("GX", at),
        resource_id=resource.id,
        consumer_id=consumer.id,
        fields=list(dict.fromkeys(fields)),
        modes=list(dict.fromkeys(share_modes)),
        valid_from=valid_from,
        valid_until=valid_until,
        requested_by_account=by.account_id,
        made_at=at,
        **told,
    )
    return noted(record, "drafted", by, at)


@transaction.atomic
def consent_internally(*, request_no: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Consent as head of the requesting organisation's sharing office; the provider's legal clock starts now."""
    record = locked_request(request_no, by, "consent")
    if by.account_id is not None and by.account_id == record.requested_by_account:
        raise Refused(
            "exchange.consent.own",
            "申请人不能自己同意自己的申请，请由本机构共享工作机构负责人办理。",
            "Whoever made the request may not consent to it: ask the head of your sharing office.",
            status=403,
            basis=ART_20,
        )
    submit(record, at)
    return noted(record, "consented", by, at)


@transaction.atomic
def ask_request_supplement(*, request_no: str, note: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Ask the requester, once and completely, for what is missing（一次性告知）; the clock stops."""
    record = locked_request(request_no, by, "ask-supplement")
    if record.events.filter(kind="supplement-asked").exists():
        raise Refused(
            "exchange.supplement.second",
            "已经要求过一次补充，不能再次要求；请作出同意或不同意的答复。",
            "A supplement was asked for once already; answer with approval or rejection.",
            status=409,
            basis=ART_21,
        )
    record.supplement_note, record.status, record.reply_due_on = (
        needed(note, "补充内容", "what is missing", field="note"),
        "supplementing",
        None,
    )
    record.save(update_fields=["supplement_note", "status", "reply_due_on"])
    return noted(record, "supplement-asked", by, at, note)


@transaction.atomic
def supplement_request(*, request_no: str, answer: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Answer the supplement; the provider's clock starts anew."""
    record = locked_request(request_no, by, "supplement")
    record.usage_scope = f"{record.usage_scope}；{needed(answer, '补充说明', 'an answer', field='answer')}"[:500]
    submit(record, at)
    record.save(update_fields=["usage_scope"])
    return noted(record, "supplemented", by, at, answer)


@transaction.atomic
def approve_request(
    *,
    request_no: str,
    fields: Sequence[str],
    by: Actor,
    at: dt.datetime,
    conditions: str = "",
    masks: dict[str, str] | None = None,
    row_filter: dict[str, Sequence[str]] | None = None,
    quota_per_day: int = 0,
    needs_case: bool = False,
    rate_per_minute: int = 0,
    hours: Hours | None = None,
    callers: Sequence[str] = (),
    is_backflow: bool = False,
) -> GrantShape:
    """Approve all or part of the fields; the grant is the rule the data plane enforces from this moment.

    `masks` maps fields to masking policies; a field it leaves out, or maps to "", is answered whole. `hours` bounds the
    time of day, `rate_per_minute` the calls of a minute, `callers` names the consumer's clients that may call; `approve_backflow` alone says `is_backflow`.
    """
    record = locked_request(request_no, by, "approve")
    kept = [name for name in record.fields if name in set(fields)]
    check_answer(record, fields, kept, is_backflow=is_backflow)
    check_rules(queries.get_request(request_no, by).resource, masks or {}, row_filter or {})
    check_use(hours, callers, record.consumer_id)
    record.status = "approved"
    record.save(update_fields=["status"])
    grant = Grant.objects.create(
        no=next_no("SQ", at),
        fields=kept,
        masks={name: policy for name, policy in (masks or {}).items() if policy and name in kept},
        row_filter={name: list(values) for name, values in (row_filter or {}).items()},
        quota_per_day=quota_per_day,
        needs_case=needs_case,
        rate_per_minute=rate_per_minute,
        hours=hours_told(hours),
        callers=list(dict.fromkeys(callers)),
        granted_at=at,
        **asked_of(record),
    )
    noted(record, "approved", by, at, conditions)
    return grant_recorded(grant, "granted", "授权", "Granted", by, at)


def asked_of(record: ShareRequest) -> dict[str, Any]:
    """Return what a grant takes over from its request as it was asked for."""
    return {
        "request": record,
        "resource_id": record.resource_id,
        "consumer_id": record.consumer_id,
        "purpose_zh": record.usage_scenario,
        "purpose_en": record.usage_scenario,
        "basis": record.usage_basis,
        "modes": record.modes,
        "valid_from": record.valid_from,
        "valid_until": record.valid_until,
    }


def check_answer(record: ShareRequest, fields: Sequence[str], kept: Sequence[str], *, is_backflow: bool) -> None:
    """Refuse an approval of fields nobody asked for, or of none, and conditions set on a backflow."""
    if Backflow.objects.filter(request=record).exists() and not is_backflow:
        raise Refused(
            "exchange.approve.backflow",
            "数据回流按申请一次同意，不得另设条件。请用“同意回流”。",
            "A backflow is approved as it was asked for, without further conditions: approve it as one.",
            status=409,
            basis=ART_24,
        )
    if not kept or len(kept) != len(set(fields)):
        raise Refused(
            "exchange.approve.fields",
            "同意的数据项须是申请数据项的一部分，至少一项。要全部拒绝请选“不同意”。",
            "The approved fields must be one or more of those requested; to refuse them all, reject the request.",
            field="fields",
        )


@transaction.atomic
def reject_request(*, request_no: str, reason: str, basis: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Reject with the reason and the law it rests on; neither may be left out (art. 21)."""
    record = locked_request(request_no, by, "reject")
    needed(basis, "不同意的依据", "the basis of the rejection", field="basis")
    note = f"{needed(reason, '不同意的理由', 'the reason')}（{basis}）"
    record.status = "rejected"
    record.save(update_fields=["status"])
    return noted(record, "rejected", by, at, note)


@transaction.atomic
def withdraw_request(*, request_no: str, by: Actor, at: dt.datetime) -> RequestShape:
    """Take a request back before it is answered."""
    record = locked_request(request_no, by, "withdraw")
    record.status = "withdrawn"
    record.save(update_fields=["status"])
    return noted(record, "withdrawn", by, at)


def check_elements(told: dict[str, str]) -> None:
    titles = {
        "usage_basis": ("使用依据", "basis"),
        "usage_scenario": ("使用场景", "scenario"),
        "usage_scope": ("使用范围", "scope"),
    }
    for name, text in told.items():
        needed(text, *titles[name], field=name)


def check_fields(resource: ResourceShape, fields: Sequence[str]) -> None:
    if resource.share_type == NOT_SHARED:
        raise Refused(
            "exchange.request.not-shared",
            f"“{resource.title_zh}”不予共享，依据：{resource.basis}。有异议可提请主管部门协调。",
            f"{resource.title_en} is not shared ({resource.basis}); you may ask the authority to mediate.",
            status=403,
        )
    unknown = [name for name in fields if resource.find_field(name) is None]
    closed = [name for name in fields if (item := resource.find_field(name)) and item.share_type == NOT_SHARED]
    if not fields or unknown or closed:
        raise Refused(
            "exchange.request.fields",
            f"请至少选一个可共享的数据项。{'不存在：' + '、'.join(unknown) if unknown else ''}"
            f"{'不予共享：' + '、'.join(closed) if closed else ''}",
            f"Choose at least one shareable field. Unknown: {unknown}; not shared: {closed}.",
            field="fields",
        )


def check_modes(resource: ResourceShape, modes: Sequence[str]) -> None:
    offered = [mode for mode in MODES if mode in resource.share_modes]
    if not modes or not set(modes) <= set(offered):
        raise Refused(
            "exchange.request.mode",
            f"该资源提供的共享方式：{'、'.join(offered)}。请从中选择。",
            f"This resource offers {', '.join(offered)}: choose from these.",
            field="share_modes",
        )


def check_rules(resource: ResourceShape, masks: dict[str, str], row_filter: dict[str, Sequence[str]]) -> None:
    """Refuse masks the platform does not have, and rows told by a field the resource does not have."""
    for policy in filter(None, masks.values()):
        masker(policy)
    unknown = [name for name in row_filter if resource.find_field(name) is None]
    if unknown:
        raise Refused(
            "exchange.approve.rows",
            f"限定行用的数据项不存在：{'、'.join(unknown)}。请从该资源的数据项中选。",
            f"The rows are limited by unknown fields: {', '.join(unknown)}. Choose fields of the resource.",
            field="row_field",
        )


def check_use(hours: Hours | None, callers: Sequence[str], consumer_id: int) -> None:
    """Refuse hours that end before they begin, and callers that are not the consumer's clients."""
    if hours is not None and hours.start >= hours.end:
        raise Refused(
            "exchange.approve.hours",
            "使用时段的止点应晚于起点，不跨零点。",
            "The hours of use must end after they begin, within one day.",
            field="hours",
        )
    own = set(Client.objects.filter(organisation_id=consumer_id).values_list("client_id", flat=True))
    foreign = [client_id for client_id in callers if client_id not in own]
    if foreign:
        raise Refused(
            "exchange.approve.callers",
            f"指定的应用不属于需求部门：{'、'.join(foreign)}。请从该部门登记的应用中选。",
            f"These clients are not the consumer's: {', '.join(foreign)}. Choose among those it registered.",
            field="callers",
        )


def hours_told(hours: Hours | None) -> dict[str, str | bool]:
    """Return hours as a record keeps them and a receipt says them."""
    if hours is None:
        return {}
    return {
        "start": hours.start.isoformat(), "end": hours.end.isoformat(), "workdays_only": hours.workdays_only,
    }  # fmt: skip


def check_term(valid_from: dt.date, valid_until: dt.date, at: dt.datetime) -> None:
    if not (timezone.localdate(at) <= valid_until and valid_from <= valid_until):
        raise Refused(
            "exchange.request.term",
            "使用时限的起止不对：止日不得早于起日，也不得早于今天。",
            "The period is wrong: it may not end before it starts, nor before today.",
            field="valid_until",
        )
    most, today = settings.ZHENGTONG_GRANT_MOST_DAYS, timezone.localdate(at)
    if (valid_until - today).days > most or (today - valid_from).days > most:
        raise Refused(
            "exchange.request.term-too-long",
            f"使用时限的起止离今天不得超过 {most} 天。到期前可再申请，请改短。",
            f"The period may not reach more than {most} days from today: shorten it, and ask again before it ends.",
            field="valid_until",
            facts={"most_days": most},
        )
