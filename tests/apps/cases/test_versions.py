"""Running cases over to another version of their matter: looked at, moved, interrupted, taken back; none stuck unsaid."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.apps.cases import visiting
from tests.apps.cases.test_process import complete, is_as_folded, kinds, settle, tasks
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.actions import versions
from zhengtong.apps.cases.models import Case, CaseAction, ProcessTask
from zhengtong.apps.cases.projection import fold_record, state_of
from zhengtong.cli import commands
from zhengtong.kit import Refused

HEALTH, POLICE = "health", "public-security"
CALLED = visiting.DRAWING.replace('"visit"', '"call"').replace("入户核实", "电话核实")
STANDARD = "standard"


@pytest.fixture
def running(city):
    """Three cases on the drawing: one submitted, one with its visit open, one waiting for the decision."""
    old = visiting.publish(city.now)
    cases = [visiting.apply(city) for _ in range(3)]
    for case in cases[1:]:
        actions.accept_case(case_no=case.no, by=city.officer(POLICE), at=city.now, version=case.version)
    complete(cases[2], city, tasks(city, HEALTH)[1].token, found="family")
    return old, cases


def move(city, old, new, mapping=None, **more):
    return actions.change_version(
        from_digest=old.digest,
        to_digest=new.digest,
        mapping=mapping,
        by=city.officer(POLICE, "leader"),
        at=city.now,
        **more,
    )


def preview(city, old, new, mapping=None):
    return actions.preview_version_change(
        from_digest=old.digest, to_digest=new.digest, mapping=mapping, by=city.officer(POLICE, "leader")
    )


def is_sound(case):
    """Return whether row, snapshot and process are what the log amounts to."""
    record = Case.objects.get(no=case.no)
    log = list(CaseAction.objects.filter(case=record).order_by("seq"))
    return fold_record(record, log) == state_of(record) and is_as_folded(case)


def test_what_cannot_be_mapped_is_told_with_the_reason_and_moves_once_it_is(running, city):
    old, cases = running
    new = visiting.publish(city.now, CALLED)
    seen = preview(city, old, new)
    assert (seen.running, seen.possible) == (3, 2)
    (reason, (count, numbers)) = next(iter(seen.stuck.items()))
    assert "visit" in reason[1]
    assert (count, numbers) == (1, (cases[1].no,))
    assert preview(city, old, new, {"visit": "call"}).ways == {("visit", "call"): 1, ("decide", "decide"): 1}
    report = move(city, old, new)
    assert (report.state, report.moved, report.stuck) == ("done", 2, 1)
    assert Case.objects.get(no=cases[1].no).pack_digest == old.digest
    report = move(city, old, new, {"visit": "call"})
    assert (report.moved, report.stuck) == (1, 0)
    assert [task.title for task in tasks(city, HEALTH)] == ["电话核实"]
    assert all(is_sound(case) for case in cases)
    complete(cases[1], city, tasks(city, HEALTH)[0].token, found="family")
    assert settle(cases[1], city).state == "granted"
    assert kinds(cases[1])[:4] == ["submitted", "accepted", "version-changed", "process-task-done"]


def test_interrupted_it_goes_on_and_moves_nothing_twice(running, city, monkeypatch):
    old, cases = running
    new = visiting.publish(city.now, CALLED)
    monkeypatch.setattr(versions, "BATCH", 1)
    first = move(city, old, new, {"visit": "call"}, most=1)
    assert (first.state, first.moved) == ("running", 1)
    with pytest.raises(Refused) as another:
        move(city, old, new, {"visit": "decide"})
    assert another.value.status == 409
    second = move(city, old, new, {"visit": "call"})
    assert (second.run_id, second.state, second.moved) == (first.run_id, "done", 3)
    assert [kinds(case).count("version-changed") for case in cases] == [1, 1, 1]


def test_taken_back_cases_are_as_they_were_and_those_gone_on_stay_where_they_can(running, city):
    old, cases = running
    new = visiting.publish(city.now, CALLED)
    before = [queries.get_process(case.no, city.officer(POLICE)) for case in cases]
    run = move(city, old, new, {"visit": "call"})
    settle(cases[2], city)
    report = actions.revert_version_change(run_id=run.run_id, by=city.officer(POLICE, "leader"), at=city.now)
    assert (report.state, report.reverted, report.kept) == ("reverted", 2, 1)
    for case, was in list(zip(cases, before, strict=True))[:2]:
        now = queries.get_process(case.no, city.officer(POLICE))
        assert (now and (now.waits, now.due_at)) == (was and (was.waits, was.due_at))
        assert is_sound(case)
    assert kinds(cases[1])[-1] == "version-reverted"
    assert ProcessTask.objects.get(case__no=cases[1].no).element == "visit"


def test_a_matter_gets_a_drawing_under_way_and_loses_it_again(city):
    plain = visiting.publish(city.now, STANDARD)
    case = visiting.apply(city)
    actions.accept_case(case_no=case.no, by=city.officer(POLICE), at=city.now, version=case.version)
    drawn = visiting.publish(city.now)
    assert preview(city, plain, drawn).differs == {"process: begins": 1}
    run = move(city, plain, drawn)
    assert [task.element for task in tasks(city, HEALTH)] == ["visit"]
    actions.revert_version_change(run_id=run.run_id, by=city.officer(POLICE, "leader"), at=city.now)
    assert tasks(city, HEALTH) == ()
    assert is_sound(case)
    assert settle(case, city).state == "granted"


def test_only_heads_of_the_department_move_cases_and_only_between_versions_of_a_matter(running, city):
    old, _ = running
    new = visiting.publish(city.now, CALLED)
    with pytest.raises(Refused) as outsider:
        actions.change_version(from_digest=old.digest, to_digest=new.digest, by=city.officer(POLICE), at=city.now)
    assert outsider.value.status == 403
    with pytest.raises(Refused) as same:
        move(city, old, old)
    assert same.value.code == "case.version.not-alike"


def test_the_command_previews_moves_and_takes_back(running, city):
    visiting.publish(city.now, CALLED)
    change = ["migrate", visiting.MATTER, "--from", "1", "--to", "2"]
    told = json.loads(run_command(*change, "--json"))
    assert (told["running"], told["possible"], told["stuck"][0]["count"]) == (3, 2, 1)
    assert "只是预览" in run_command(*change)
    report = json.loads(run_command(*change, "--map", "visit=call", "--run", "--json"))
    assert (report["state"], report["moved"], report["stuck"]) == ("done", 3, 0)
    assert json.loads(run_command("revert", report["run_id"], "--json"))["reverted"] == 3
    with pytest.raises(Refused) as unknown:
        run_command("migrate", visiting.MATTER, "--from", "1", "--to", "9")
    assert unknown.value.status == 404


def run_command(*words):
    return (
        CliRunner().invoke(commands, ["cases", *map(str, words)], catch_exceptions=False, standalone_mode=False).output
    )
