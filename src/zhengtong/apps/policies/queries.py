"""Doors for reading rules and simulations（政策规则）; who may see what is decided here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Max

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.apps.policies.models import RuleVersion, SimulationRun
from zhengtong.apps.policies.shapes import RuleVersionShape, RunState, SimulationShape
from zhengtong.declared.rule_sets import RuleSet, RuleSource, rule_set_from_files
from zhengtong.kit import Refused
from zhengtong.rules import Decision
from zhengtong.simulation import Simulated
from zhengtong.tables import Snapshot

SIMULATE = "rule.simulate"
PUBLISH = "rule.publish"


@dataclass(frozen=True)
class RuleInForce:
    """The rule that applies（适用规则）: the publication it stands in, the source within it, and it compiled."""

    version: RuleVersionShape
    source: RuleSource
    decision: Decision


def list_rules() -> list[RuleVersionShape]:
    """Return the newest publication of every rule set, by title; two queries."""
    newest = {row["code"]: row["n"] for row in RuleVersion.objects.values("code").annotate(n=Max("number")).order_by()}
    found = RuleVersion.objects.filter(code__in=newest).defer("files")
    return sorted((version_shape(one) for one in found if newest[one.code] == one.number), key=lambda one: one.title_zh)


def list_versions(code: str) -> list[RuleVersionShape]:
    """Return the publications of a rule set, newest first."""
    return [version_shape(one) for one in RuleVersion.objects.filter(code=code).defer("files").order_by("-number")]


def get_rule_set(code: str, *, known_at: dt.datetime | None = None) -> tuple[RuleVersionShape, RuleSet]:
    """Return the rule set as published last, or as it was known at an instant; refuse an unknown one (404)."""
    found = RuleVersion.objects.filter(code=code)
    if known_at is not None:
        found = found.filter(published_at__lte=known_at)
    record = found.order_by("-number").first()
    if record is None:
        raise Refused(
            "policies.rule.unknown",
            f"没有规则“{code}”，或者当时还没有发布。请从规则列表中选择。",
            f"There is no rule {code!r}, or it was not published then. Choose one from the list of rules.",
            status=404,
        )
    return version_shape(record), _read_set(record.digest)


def rule_in_force(code: str, on: dt.date, region: str = "", *, known_at: dt.datetime | None = None) -> RuleInForce:
    """Return the rule that applies on a day in a region, compiled with the parameters in force then; refuse when none does."""
    version, rule_set = get_rule_set(code, known_at=known_at)
    return RuleInForce(version, rule_set.source_in_force(on, region), rule_set.decision(on, region))


def get_rule_set_of(digest: str) -> RuleSet:
    """Return the published rule set of a digest, whichever its number; refuse an unknown one."""
    record = RuleVersion.objects.filter(digest=digest).order_by("-number").first()
    if record is None:
        raise Refused(
            "policies.rule.unknown",
            "没有这个规则版本。请从规则的沿革中选择。",
            "There is no such version of a rule. Choose one from its history.",
            status=404,
        )
    return _read_set(record.digest)


def can_simulate(by: Actor) -> bool:
    """Return whether the actor may simulate changed rules: an analyst with a post."""
    return by.organisation is not None and people.can_(by, SIMULATE, by.organisation.id)


def require_simulate(by: Actor) -> None:
    """Refuse (403) whoever may not simulate."""
    if not can_simulate(by):
        raise Refused(
            "policies.simulate.not-allowed",
            "政策模拟只对设有“政策分析”岗位的工作人员开放。需要时请本机构向安全管理员申请岗位。",
            "Simulations are open to officers with the post of policy analyst. Ask the security administrator for it.",
            status=403,
        )


def list_simulations(by: Actor, *, limit: int = 50) -> list[SimulationShape]:
    """Return the simulations of the actor's organisation, newest first, without their results."""
    require_simulate(by)
    assert by.organisation is not None
    found = SimulationRun.objects.filter(organisation_id=by.organisation.id).select_related("version")
    return [run_shape(one, whole=False) for one in found.defer("result", "version__files")[:limit]]


def get_simulation(run_id: UUID, by: Actor) -> SimulationShape:
    """Return a simulation of the actor's organisation with its result; refuse any other as if it were not there."""
    require_simulate(by)
    assert by.organisation is not None
    record = (
        SimulationRun.objects.filter(pk=run_id, organisation_id=by.organisation.id)
        .select_related("version")
        .defer("version__files")
        .first()
    )
    if record is None:
        raise Refused(
            "policies.simulation.unknown",
            "没有这次模拟，或者不属于本机构。请从模拟列表中选择。",
            "There is no such simulation, or it belongs to another organisation. Choose one from the list.",
            status=404,
        )
    return run_shape(record)


def population_of(rule_set: RuleSet) -> Snapshot:
    """Return the newest snapshot a rule set is asked of; refuse a rule set that declares none, or that has no rows yet."""
    if rule_set.population is None:
        raise Refused(
            "policies.simulate.no-population",
            f"规则“{rule_set.title.zh}”没有声明可以对照的人群，不能模拟。",
            f"{rule_set.title.en!r} declares no population, so it cannot be simulated.",
        )
    if catalog.find_resource(rule_set.population.resource) is not None:
        raise Refused(
            "policies.simulate.catalogued",
            "这份数据在数据目录中登记，只能凭授权读取，不能直接用来模拟。请改用仿真样本，或先取得脱敏后的模拟样本。",
            "This data is a resource of the catalogue and is read through grants only, so it cannot be simulated on. "
            "Use the fictional sample, or obtain an anonymised one.",
            status=403,
            facts={"resource": rule_set.population.resource},
        )
    return catalog.store().open(rule_set.population.resource)


@lru_cache(maxsize=64)
def _read_set(digest: str) -> RuleSet:
    """Read a publication once a process: what a digest names never changes."""
    return rule_set_from_files(RuleVersion.objects.filter(digest=digest)[:1].get().files)


def version_shape(record: RuleVersion) -> RuleVersionShape:
    """Return the record as it leaves the room."""
    return RuleVersionShape(
        code=record.code,
        number=record.number,
        title_zh=record.title_zh,
        title_en=record.title_en,
        owner=record.owner,
        since=record.since,
        until=record.until,
        regions=tuple(record.regions),
        digest=record.digest,
        published_at=record.published_at,
        published_by=record.published_by,
        receipt_no=record.receipt_no,
    )


def run_shape(record: SimulationRun, *, whole: bool = True) -> SimulationShape:
    """Return the record as it leaves the room, with its result when `whole`."""
    return SimulationShape(
        id=record.id,
        code=record.version.code,
        version_digest=record.version.digest,
        on=record.on,
        region=record.region,
        changes=dict(record.changes),
        note=record.note,
        state=RunState(record.state),
        asked_by=record.asked_by,
        asked_at=record.asked_at,
        started_at=record.started_at,
        finished_at=record.finished_at,
        rows=record.rows,
        snapshot_version=record.snapshot_version,
        snapshot_digest=record.snapshot_digest,
        result_digest=record.result_digest,
        receipt_no=record.receipt_no,
        refusal=dict(record.refusal),
        result=Simulated.from_json(record.result) if whole and record.result else None,
        repeats=record.repeats_id,
    )
