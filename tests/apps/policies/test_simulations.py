"""An analyst's simulation waits, runs, and can be run again with the same digest; nobody else may."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.policies import actions, queries, tasks
from zhengtong.apps.policies.models import SimulationRun
from zhengtong.apps.policies.shapes import RunState
from zhengtong.kit import Refused
from zhengtong.tables.population import make_sample

ON = dt.date(2026, 11, 2)


def start(by, now, changes=None, code="minimum-living-allowance", region=""):
    return actions.start_simulation(
        code=code, on=ON, region=region, changes=changes or {"urban standard": "900"}, by=by, at=now
    )


def test_a_simulation_waits_runs_and_leaves_a_receipt(published, analyst, now):
    run = start(analyst, now)
    assert run.state == RunState.QUEUED
    assert tasks.run_waiting(at=now) == 1
    done = queries.get_simulation(run.id, analyst)
    assert done.state == RunState.DONE
    assert done.result.total.change > 0
    assert done.result.digest == done.result_digest
    assert evidence.get_receipt(done.receipt_no).kind == "rule.simulated"
    assert tasks.run_waiting(at=now) == 0


def test_running_it_again_over_the_same_data_gives_the_same_digest(published, analyst, now):
    run = start(analyst, now)
    tasks.run_waiting(at=now)
    rule_set = published["minimum-living-allowance"]
    make_sample(catalog.store().shelf(rule_set.population.resource), rule_set.sample["columns"], 50, seed=2)
    again = actions.repeat_simulation(run_id=run.id, by=analyst, at=now)
    tasks.run_waiting(at=now)
    first, second = (queries.get_simulation(one.id, analyst) for one in (run, again))
    assert second.result_digest == first.result_digest
    assert second.repeats == first.id


def test_a_pilot_region_is_simulated_for_itself(published, analyst, now):
    run = start(analyst, now, {"urban standard": "1000"}, region="990104000000")
    tasks.run_waiting(at=now)
    told = queries.get_simulation(run.id, analyst).result
    assert [group.value for group in told.by["region_code"]] == ["990104000000"]
    # the pilot pays 900 already, so a household gains 100 a head there and not 170
    head_count = 400
    assert 0 < told.total.rows < head_count
    assert max(g.amounts.gained for g in told.by["area"]) <= 100 * 5 * told.total.people * 2


def test_a_run_whose_process_died_is_run_again_after_its_lease(published, analyst, now):
    run = start(analyst, now)
    assert tasks.claim(now) == run.id
    assert tasks.claim(now) is None
    later = now + tasks.LEASE + dt.timedelta(seconds=1)
    assert tasks.run_waiting(at=later) == 1
    assert queries.get_simulation(run.id, analyst).state == RunState.DONE


def test_data_that_are_gone_end_in_a_refusal_that_says_so(published, analyst, now):
    run = start(analyst, now)
    SimulationRun.objects.filter(pk=run.id).update(snapshot_version="v000099")
    tasks.run_waiting(at=now)
    told = queries.get_simulation(run.id, analyst)
    assert told.state == RunState.REFUSED
    assert told.refusal["code"] == "tables.store.no-version"


def test_data_of_the_catalogue_are_read_through_grants_and_not_here(published, analyst, now, monkeypatch):
    run = start(analyst, now)
    monkeypatch.setattr(catalog, "find_resource", lambda code: object())
    with pytest.raises(Refused) as refused:
        start(analyst, now)
    assert refused.value.code == "policies.simulate.catalogued"
    tasks.run_waiting(at=now)
    assert queries.get_simulation(run.id, analyst).state == RunState.REFUSED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"urban standard": ""}, "policies.simulate.nothing-changed"),
        ({"urban standard": "830"}, "policies.simulate.nothing-changed"),
        ({"urban standard": "much"}, "policies.simulate.not-a-number"),
        ({"urban standard": "1" * 30}, "policies.simulate.not-a-number"),
        ({"urban standard": "Infinity"}, "policies.simulate.not-a-number"),
        ({"made up": "3"}, "declared.rules.unknown-parameter"),
    ],
)
def test_what_cannot_be_simulated_is_refused_at_once(published, analyst, now, changes, code):
    with pytest.raises(Refused) as refused:
        start(analyst, now, changes)
    assert refused.value.code == code


def test_thousands_may_be_written_apart(published, analyst, now):
    assert start(analyst, now, {"urban standard": "1,200"}).changes == {"urban standard": "1200"}


def test_only_analysts_simulate_and_see_their_own_organisation(published, analyst, window, now):
    run = start(analyst, now)
    for refused_act in (lambda: start(window, now), lambda: queries.get_simulation(run.id, window)):
        with pytest.raises(Refused) as refused:
            refused_act()
        assert refused.value.status == 403
    elsewhere = dataclasses.replace(
        analyst, organisation=dataclasses.replace(analyst.organisation, id=analyst.organisation.id + 1)
    )
    with pytest.raises(Refused) as unknown:
        queries.get_simulation(run.id, elsewhere)
    assert unknown.value.status == 404
