"""Grants and calls made at random: an independent, slow model decides as `decide` does."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhengtong.apps.catalog.shapes import FieldShape, ResourceShape
from zhengtong.apps.exchange.deciding import decide
from zhengtong.apps.exchange.shapes import Call, GrantShape, Hours
from zhengtong.apps.people.shapes import OrganisationShape
from zhengtong.kit import Refused

#: grants, each with ten calls
EXAMPLES = int(os.environ.get("ZHENGTONG_GRANT_EXAMPLES", "1000"))
COUNTED: Counter[bool] = Counter()
OFFICE = OrganisationShape(1, "1", "甲", "A", "甲", "health", "990100000000")
NAMES = ("a", "b", "c", "d")
DAY = dt.date(2026, 11, 19)
days = st.integers(-3, 3).map(lambda offset: DAY + dt.timedelta(days=offset))
names = st.sets(st.sampled_from(NAMES))
modes = st.sampled_from(["api", "batch", "prefill", "file"])
CLIENTS = ("zt-1", "zt-2")
clocks = st.sampled_from([dt.time(0), dt.time(8, 59, 59), dt.time(9), dt.time(12), dt.time(17), dt.time(23, 59)])
hours = st.builds(Hours, start=st.just(dt.time(9)), end=st.just(dt.time(17)), workdays_only=st.booleans())
#: 2026-11-16 … 11-22 is a week without a holiday
RESTED = {dt.date(2026, 11, 21), dt.date(2026, 11, 22)}


def resource(status: str, keys: set[str]) -> ResourceShape:
    fields = tuple(FieldShape(name, name, name, "text", at, is_key=name in keys) for at, name in enumerate(NAMES))
    told = dict.fromkeys(ResourceShape.__dataclass_fields__, "")
    return ResourceShape(**{**told, "provider": OFFICE, "status": status, "fields": fields, "snapshot": None})


@st.composite
def grants(draw) -> GrantShape:
    return GrantShape(
        no="SQ1",
        resource=resource(draw(st.sampled_from(["published"] * 4 + ["suspended", "withdrawn"])), draw(names) | {"a"}),
        consumer=OFFICE,
        status=draw(st.sampled_from(["active"] * 4 + ["suspended", "revoked"])),
        purpose_zh="", purpose_en="", basis="",
        fields=tuple(sorted(draw(names) | {"b"})),
        row_filter={},
        masks={},
        modes=tuple(sorted(draw(st.sets(modes)) | {"api"})),
        quota_per_day=draw(st.integers(0, 4)),
        needs_case=draw(st.booleans()),
        valid_from=draw(days),
        valid_until=draw(days),
        request_no="GX1",
        rate_per_minute=draw(st.integers(0, 3)),
        hours=draw(st.one_of(st.none(), st.none(), hours)),
        callers=tuple(sorted(draw(st.one_of(st.just(set()), st.sets(st.sampled_from(CLIENTS)))))),
    )  # fmt: skip


calls = st.builds(
    Call,
    mode=modes,
    key=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "1", "2"]), max_size=2),
    fields=names.map(lambda chosen: tuple(sorted(chosen))),
    case_no=st.sampled_from(["", "9901-1"]),
    on=days,
    used_today=st.integers(0, 5),
    client=st.sampled_from(["", *CLIENTS]),
    clock=clocks,
    used_this_minute=st.integers(0, 4),
)


def model(grant: GrantShape, call: Call) -> tuple[str, ...] | None:
    """Return the fields as the regulation reads, one condition after another; None for no."""
    wanted = set(call.fields) if call.fields else set(grant.fields)
    in_days = {grant.valid_from + dt.timedelta(days=n) for n in range((grant.valid_until - grant.valid_from).days + 1)}
    granted_keys = {field.name for field in grant.resource.fields if field.is_key}
    conditions = {
        "in force": grant.status == "active",
        "in its days": call.on in in_days,
        "served": grant.resource.status == "published",
        "in this way": {call.mode} <= set(grant.modes),
        "these fields": wanted - set(grant.fields) == set(),
        "by a key": bool(granted_keys & set(call.key)) and "" not in call.key.values(),
        "for a case": bool(call.case_no) if grant.needs_case else True,
        "by a named client": not grant.callers
        or call.client in set(grant.callers) | ({""} if call.mode == "prefill" else set()),
        "at its hours": grant.hours is None
        or (9 <= call.clock.hour < 17 and not (grant.hours.workdays_only and call.on in RESTED)),
        "within the rate": grant.rate_per_minute == 0 or call.used_this_minute + 1 <= grant.rate_per_minute,
        "within the quota": True if grant.quota_per_day == 0 else call.used_today + 1 <= grant.quota_per_day,
    }
    return tuple(sorted(wanted)) if False not in conditions.values() else None


def decided(grant: GrantShape, call: Call) -> tuple[str, ...] | None:
    try:
        return tuple(sorted(decide(grant, call)))
    except Refused:
        return None


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(grants(), st.lists(calls, min_size=10, max_size=10))
def test_ten_thousand_calls_are_decided_as_by_the_model(grant, listed):
    for call in listed:
        COUNTED[model(grant, call) is not None] += 1
        assert decided(grant, call) == model(grant, call)


def test_the_model_says_yes_often_enough_to_mean_something():
    allowed = 0
    grant = GrantShape(
        "SQ1", resource("published", {"a"}), OFFICE, "active", "", "", "", ("a", "b"), {}, {}, ("api",), 0, False,
        DAY, DAY, "GX1",
    )  # fmt: skip
    call = Call("api", {"a": "1"}, ("b",), "", DAY)
    for changed, expected in (
        ({}, True),
        ({"on": DAY + dt.timedelta(days=1)}, False),
        ({"key": {"b": "1"}}, False),
        ({"mode": "file"}, False),
    ):
        assert (model(grant, replace(call, **changed)) is not None) is expected
        assert decided(grant, replace(call, **changed)) == model(grant, replace(call, **changed))
        allowed += expected
    assert allowed == 1
