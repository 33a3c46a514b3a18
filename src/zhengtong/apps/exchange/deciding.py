"""Whether a grant allows a call（授权判定）: one pure function, the same for every way of reading."""

from __future__ import annotations

from collections.abc import Callable

from zhengtong.apps.exchange.shapes import Call, GrantShape
from zhengtong.kit import Refused
from zhengtong.kit.calendar import calendar_in_force

Rule = Callable[[GrantShape, Call], Refused | None]


def decide(grant: GrantShape, call: Call) -> tuple[str, ...]:
    """Return the fields the call may have (all granted ones if it names none), or refuse with the first reason.

    Deny by default: every rule below must let the call through. Codes `exchange.read.*`, 403 but 422 for what is missing, 429 for quota and rate.
    """
    for rule in RULES:
        refusal = rule(grant, call)
        if refusal:
            raise refusal
    return call.fields or grant.fields


def is_in_force(grant: GrantShape, _call: Call) -> Refused | None:
    if grant.status == "active":
        return None
    told = {"revoked": ("已撤销", "was revoked"), "suspended": ("已暂停", "is suspended")}[grant.status]
    return refusal(grant.status, f"授权 {grant.no} {told[0]}（{grant.ended_reason}）", f"Grant {grant.no} {told[1]}")


def is_in_term(grant: GrantShape, call: Call) -> Refused | None:
    if call.on < grant.valid_from:
        return refusal(
            "not-yet", f"授权 {grant.no} 自 {grant.valid_from} 起有效", f"Grant {grant.no} starts on {grant.valid_from}"
        )
    if call.on > grant.valid_until:
        return refusal(
            "expired",
            f"授权 {grant.no} 已于 {grant.valid_until} 到期",
            f"Grant {grant.no} ended on {grant.valid_until}",
        )
    return None


def is_resource_served(grant: GrantShape, _call: Call) -> Refused | None:
    if grant.resource.status == "published":
        return None
    return refusal(
        "not-served",
        f"“{grant.resource.title_zh}”已暂停或撤下，提供部门：{grant.resource.provider.name_zh}",
        f"{grant.resource.title_en} is suspended or withdrawn by {grant.resource.provider.name_en}",
    )


def is_mode_granted(grant: GrantShape, call: Call) -> Refused | None:
    if call.mode in grant.modes:
        return None
    return refusal(
        "mode", f"授权 {grant.no} 不含“{call.mode}”方式", f"Grant {grant.no} does not cover the mode {call.mode!r}"
    )


def are_fields_granted(grant: GrantShape, call: Call) -> Refused | None:
    beyond = [name for name in call.fields if name not in grant.fields]
    if not beyond:
        return None
    return refusal(
        "field-not-granted",
        f"授权 {grant.no} 不含数据项：{'、'.join(beyond)}",
        f"Grant {grant.no} does not cover {', '.join(beyond)}",
    )


def is_key_usable(grant: GrantShape, call: Call) -> Refused | None:
    if any(name in grant.resource.keys for name in call.key) and all(call.key.values()):
        return None
    keys = "、".join(grant.resource.keys)
    return refusal(
        "key-missing",
        f"须至少给出一个查询主键，且各项都有值，可用：{keys}",
        f"Give at least one key, each with a value; keys: {keys}",
        422,
    )


def has_case(grant: GrantShape, call: Call) -> Refused | None:
    if call.case_no or not grant.needs_case:
        return None
    return refusal(
        "case-required", f"授权 {grant.no} 要求写明办件编号", f"Grant {grant.no} requires a case number", 422
    )


def is_caller_named(grant: GrantShape, call: Call) -> Refused | None:
    if not grant.callers or call.client in grant.callers or (call.mode == "prefill" and not call.client):
        return None
    return refusal("caller", f"授权 {grant.no} 只给指定的应用使用", f"Grant {grant.no} is for certain clients only")


def is_in_hours(grant: GrantShape, call: Call) -> Refused | None:
    hours = grant.hours
    if hours is None or (
        hours.start <= call.clock < hours.end and (not hours.workdays_only or calendar_in_force().is_workday(call.on))
    ):
        return None
    return refusal(
        "hours",
        f"授权 {grant.no} 的使用时段是{hours.zh}，请在该时段内调用",
        f"Grant {grant.no} may be used at {hours.en}: call then",
    )


def is_within_rate(grant: GrantShape, call: Call) -> Refused | None:
    if not grant.rate_per_minute or call.used_this_minute < grant.rate_per_minute:
        return None
    return refusal(
        "rate",
        f"授权 {grant.no} 每分钟最多调用 {grant.rate_per_minute} 次，请稍后再试",
        f"Grant {grant.no} allows {grant.rate_per_minute} calls a minute: try again shortly",
        429,
    )


def is_within_quota(grant: GrantShape, call: Call) -> Refused | None:
    if not grant.quota_per_day or call.used_today < grant.quota_per_day:
        return None
    return refusal(
        "quota",
        f"授权 {grant.no} 今天的 {grant.quota_per_day} 次已用完，明天零点恢复",
        f"Grant {grant.no} has used its {grant.quota_per_day} calls of today; it resumes at midnight",
        429,
    )


RULES: tuple[Rule, ...] = (
    is_in_force,
    is_in_term,
    is_resource_served,
    is_mode_granted,
    are_fields_granted,
    is_key_usable,
    has_case,
    is_caller_named,
    is_in_hours,
    is_within_rate,
    is_within_quota,
)


def refusal(reason: str, zh: str, en: str, status: int = 403) -> Refused:
    todo = (
        "。需要继续使用，请向提供部门重新申请或补充申请。",
        ". To go on, ask the provider for a new or wider grant.",
    )
    if status in (422, 429):
        todo = ("。", ".")
    return Refused(f"exchange.read.{reason}", zh + todo[0], en + todo[1], status=status)
