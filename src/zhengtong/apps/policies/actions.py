"""Doors for changing the room of policies（政策规则）: publish a rule set, ask for a simulation, ask for it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.apps.policies import queries
from zhengtong.apps.policies.models import RuleVersion, SimulationRun
from zhengtong.apps.policies.shapes import RuleVersionShape, SimulationShape
from zhengtong.declared.rule_sets import RuleSet, play_cases
from zhengtong.kit import Refused

#: texts of numbers longer than this are no parameter value
_MOST_DIGITS = 20


@transaction.atomic
def publish_rule_set(*, rule_set: RuleSet, by: Actor, at: dt.datetime) -> RuleVersionShape:
    """Publish a rule set as the next version, frozen, with a receipt; unchanged it stays the version it is.

    Refused: a golden case does not hold (`policies.publish.case-fails`), or the actor may not (403).
    """
    if not people.can_(by, queries.PUBLISH):
        raise Refused(
            "policies.publish.not-allowed",
            "您没有发布规则的权限。请由本机构负责人发布。",
            "You may not publish rules. Let the head of the organisation do it.",
            status=403,
        )
    latest = RuleVersion.objects.filter(code=rule_set.id).order_by("-number").first()
    if latest is not None and latest.digest == rule_set.digest:
        return queries.version_shape(latest)
    _require_cases(rule_set)
    number = latest.number + 1 if latest else 1
    receipt = evidence.record(
        kind="rule.published",
        body={"rule": rule_set.id, "number": number, "digest": rule_set.digest},
        by=by,
        at=at,
        summary_zh=f"发布规则“{rule_set.title.zh}”第{number}版",
        summary_en=f"Published version {number} of {rule_set.title.en}",
    )
    record = RuleVersion.objects.create(
        code=rule_set.id,
        number=number,
        title_zh=rule_set.title.zh,
        title_en=rule_set.title.en,
        owner=rule_set.owner,
        since=min(source.since for source in rule_set.sources if source.since),
        until=_last_day(rule_set),
        regions=sorted({region for source in rule_set.sources for region in source.regions}),
        digest=rule_set.digest,
        files=dict(rule_set.files),
        published_at=at,
        published_by=by.label,
        receipt_no=receipt.no,
    )
    return queries.version_shape(record)


@transaction.atomic
def start_simulation(
    *, code: str, on: dt.date, changes: Mapping[str, str], by: Actor, at: dt.datetime, region: str = "", note: str = ""
) -> SimulationShape:
    """Put a simulation of the newest published rules in the queue and return it; the data are fixed here, by digest.

    `changes` are new parameter values as people write decimals. Refused: not an analyst (403), nothing changed, a value
    that is no number (`field` names the parameter), no version in force that day.
    """
    queries.require_simulate(by)
    version, rule_set = queries.get_rule_set(code)
    values = read_changes(rule_set, changes, on, region)
    return _queued(version.digest, on, region, values, note, by, at)


@transaction.atomic
def repeat_simulation(*, run_id: UUID, by: Actor, at: dt.datetime) -> SimulationShape:
    """Put the same question over the same data in the queue again, so that both digests can be compared."""
    first = queries.get_simulation(run_id, by)
    return _queued(first.version_digest, first.on, first.region, first.changes, first.note, by, at, repeats=first)


def read_changes(rule_set: RuleSet, changes: Mapping[str, str], on: dt.date, region: str) -> dict[str, str]:
    """Return the values that really differ from those in force, as canonical text; refuse what is no number, or no change."""
    now = rule_set.values_in_force(on, region)
    values: dict[str, str] = {}
    for name, typed in changes.items():
        if not typed.strip():
            continue
        value = _number(name, typed, rule_set)
        if now.get(name) != value:
            values[name] = f"{value:f}"
    if not values:
        raise Refused(
            "policies.simulate.nothing-changed",
            "没有改动任何参数。请至少改一个数值，再开始模拟。",
            "No parameter was changed. Change at least one value, then start.",
            status=422,
        )
    rule_set.decision(on, region, {name: Decimal(value) for name, value in values.items()})
    return values


def _number(name: str, typed: str, rule_set: RuleSet) -> Decimal:
    text = typed.strip().replace(",", "").replace("，", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or len(text) > _MOST_DIGITS:
        title = rule_set.parameters[name].title if name in rule_set.parameters else None
        raise Refused(
            "policies.simulate.not-a-number",
            f"“{title.zh if title else name}”要填数字，例如 5000 或 0.03。",
            f"“{title.en if title else name}” must be a number, such as 5000 or 0.03.",
            status=422,
            field=name,
        )
    return value


def _queued(
    digest: str,
    on: dt.date,
    region: str,
    changes: Mapping[str, Any],
    note: str,
    by: Actor,
    at: dt.datetime,
    repeats: SimulationShape | None = None,
) -> SimulationShape:
    record = RuleVersion.objects.filter(digest=digest).order_by("-number")[0]
    rule_set = queries.get_rule_set_of(digest)
    snapshot = queries.population_of(rule_set)
    assert rule_set.population is not None
    run = SimulationRun.objects.create(
        version=record,
        on=on,
        region=region,
        changes=dict(changes),
        note=note[:300],
        organisation_id=by.organisation.id if by.organisation else None,
        asked_by=by.label,
        asked_by_account=by.account_id,
        asked_at=at,
        rows=snapshot.manifest.rows,
        resource=rule_set.population.resource,
        snapshot_version=repeats.snapshot_version if repeats else snapshot.manifest.version,
        snapshot_digest=repeats.snapshot_digest if repeats else snapshot.manifest.digest,
        repeats_id=repeats.id if repeats else None,
    )
    return queries.run_shape(run)


def _require_cases(rule_set: RuleSet) -> None:
    for played in play_cases(rule_set):
        if not played.holds:
            raise Refused(
                "policies.publish.case-fails",
                f"范例“{played.case.title.zh}”算出的结果与预期不符，不能发布。请改规则或改范例。",
                f"The golden case {played.case.title.en!r} does not come out as expected. Mend the rule or the case.",
                facts={"case": played.case.id, "got": str(played.got), "refused": played.refused},
            )


def _last_day(rule_set: RuleSet) -> dt.date | None:
    untils = [source.until for source in rule_set.sources]
    return None if None in untils else max(until for until in untils if until)
