"""Slow work of the policies room（后台模拟）: run what waits in the queue, one at a time, safe to run twice."""

from __future__ import annotations

import datetime as dt
import logging
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.apps.policies import queries
from zhengtong.apps.policies.models import SimulationRun
from zhengtong.kit import Refused
from zhengtong.simulation import Simulated, simulate
from zhengtong.tables.population import Population

log = logging.getLogger("zhengtong.policies")
#: after so long without an end a run counts as lost with its process, and is run again
LEASE = dt.timedelta(minutes=20)


def run_waiting(*, at: dt.datetime) -> int:
    """Run every waiting simulation, oldest first; return how many were run."""
    count = 0
    while (run_id := claim(at)) is not None:
        run_one(run_id)
        count += 1
    return count


def claim(at: dt.datetime) -> UUID | None:
    """Take the oldest waiting run for this process; two processes never take the same."""
    for run in _waiting(at).order_by("asked_at").values("id", "state", "lease_until"):
        same = SimulationRun.objects.filter(pk=run["id"], state=run["state"], lease_until=run["lease_until"])
        if same.update(state="running", started_at=at, lease_until=at + LEASE):
            return UUID(str(run["id"]))
    return None


def run_one(run_id: UUID) -> None:
    """Run a claimed simulation and keep its result with a receipt, or its refusal."""
    record = SimulationRun.objects.select_related("version").get(pk=run_id)
    try:
        result = _simulated(record)
    except Refused as refused:
        _finish(record, "refused", refusal={"code": refused.code, "zh": refused.zh, "en": refused.en})
        return
    except Exception:
        log.exception("simulation %s failed", run_id)
        zh, en = (
            "模拟没有完成，已经记录下来，请稍后重新运行。",
            "The simulation did not finish; it was logged. Run it again later.",
        )
        _finish(record, "refused", refusal={"code": "policies.simulation.failed", "zh": zh, "en": en})
        return
    _keep(record, result)


def _simulated(record: SimulationRun) -> Simulated:
    rule_set = queries.get_rule_set_of(record.version.digest)
    queries.population_of(rule_set)  # refuses what may not be simulated on
    snapshot = catalog.store().open(record.resource, record.snapshot_version)
    use = rule_set.population
    assert use is not None
    changes = {name: Decimal(value) for name, value in record.changes.items()}
    return simulate(
        rule_set.decision(record.on, record.region),
        rule_set.decision(record.on, record.region, changes),
        Population(snapshot),
        use=use,
        region=("region_code", record.region) if record.region else ("", ""),
    )


@transaction.atomic
def _keep(record: SimulationRun, result: Simulated) -> None:
    receipt = evidence.record(
        kind="rule.simulated",
        body={
            "run": str(record.pk),
            "rule": record.version.digest,
            "snapshot": record.snapshot_digest,
            "result": result.digest,
        },
        by=SYSTEM,
        at=timezone.now(),
        summary_zh=f"模拟了规则“{record.version.title_zh}”",
        summary_en=f"Simulated {record.version.title_en}",
    )
    _finish(record, "done", result=result.to_json(), result_digest=result.digest, receipt_no=receipt.no)


def _finish(record: SimulationRun, state: str, **fields: Any) -> None:
    SimulationRun.objects.filter(pk=record.pk, state="running").update(
        state=state, finished_at=timezone.now(), lease_until=None, **fields
    )


def _waiting(at: dt.datetime) -> Any:
    return SimulationRun.objects.filter(Q(state="queued") | Q(state="running", lease_until__lt=at))
