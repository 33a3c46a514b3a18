"""Moving running instances to another version, and back."""

from __future__ import annotations

import pytest

from tests.unit.flow.drawing import evaluate, event, flows, model, nodes
from zhengtong.flow import advance, migrate, next_due, plan_migration, revert, start, survey_migration, waiting
from zhengtong.kit import Refused

AT = "2026-11-19T09:00:00"
OLD = model(nodes("startEvent", "s") + nodes("userTask", "a b") + nodes("endEvent", "e") + flows("s -> a -> b -> e"))
NEW = model(
    nodes("startEvent", "s")
    + nodes("userTask", "check b extra")
    + event("boundaryEvent", "late", "timer:P5D", attachedToRef="check", cancelActivity="false")
    + nodes("endEvent", "e")
    + flows("s -> check -> extra -> b -> e", "late -> e")
)
MAPPING = {"a": "check"}


def running(drawn=OLD):
    return start(drawn, evaluate=evaluate, at=AT, variables={"x": 1})[0]


def test_a_preview_tells_where_each_token_goes_and_which_clocks_start():
    preview = plan_migration(OLD, NEW, running(), MAPPING)
    assert preview.is_possible
    assert ("a", "check") in [(move.source, move.target) for move in preview.moves]
    assert [added.partition(":")[2] for added in preview.timers_added] == ["late"]


def test_what_cannot_move_is_refused_with_the_reason():
    assert [move.source for move in plan_migration(OLD, NEW, running()).problems] == ["a"]
    with pytest.raises(Refused) as refusal:
        migrate(OLD, NEW, running(), evaluate=evaluate)
    assert refusal.value.code == "flow.advance.cannot-migrate"


def test_a_migrated_instance_runs_on_under_the_new_version():
    state, _ = migrate(OLD, NEW, running(), evaluate=evaluate, mapping=MAPPING)
    assert next_due(state) == "2026-11-24T09:00:00"
    state, _ = advance(NEW, state, {"type": "complete", "token": waiting(NEW, state)[0]["token"]}, evaluate=evaluate)
    assert [item["element"] for item in waiting(NEW, state)] == ["extra"]


def test_a_migration_is_taken_back_exactly_when_nothing_happened_since():
    before = running()
    state, receipt = migrate(OLD, NEW, before, evaluate=evaluate, mapping=MAPPING)
    assert revert(OLD, NEW, state, receipt, evaluate=evaluate) == before


def test_a_migration_is_taken_back_by_the_mapping_when_the_instance_moved_on():
    state, receipt = migrate(OLD, NEW, running(), evaluate=evaluate, mapping=MAPPING)
    state, _ = advance(NEW, state, {"type": "variables", "variables": {"x": 2}}, evaluate=evaluate)
    back = revert(OLD, NEW, state, receipt, evaluate=evaluate)
    assert [item["element"] for item in waiting(OLD, back)] == ["a"]
    assert back["scopes"]["0"]["vars"] == {"x": 2}
    assert next_due(back) is None


def test_a_survey_counts_many_instances_and_names_those_that_stick():
    moved, _ = advance(OLD, running(), {"type": "complete", "token": "2"}, evaluate=evaluate)
    done, _ = advance(OLD, moved, {"type": "complete", "token": waiting(OLD, moved)[0]["token"]}, evaluate=evaluate)
    survey = survey_migration(OLD, NEW, [("one", running()), ("two", moved), ("three", done)])
    assert (survey.possible, survey.ended) == (1, 1)
    assert list(survey.stuck.values()) == [["one"]]


def test_a_token_never_moves_to_another_kind_of_node():
    other = model(nodes("startEvent", "s") + nodes("subProcess", "a", nodes("task", "t")) + flows("s -> a"))
    assert not plan_migration(OLD, other, running()).is_possible


def test_timers_of_event_sub_processes_come_and_go_with_the_version():
    guard = nodes(
        "subProcess",
        "g",
        event("startEvent", "gs", "timer:P9D") + nodes("task", "gt") + flows("gs -> gt"),
        triggeredByEvent="true",
    )
    guarded = model(
        nodes("startEvent", "s") + nodes("userTask", "a b") + nodes("endEvent", "e") + flows("s -> a -> b -> e") + guard
    )
    state, receipt = migrate(OLD, guarded, running(), evaluate=evaluate)
    assert next_due(state) == "2026-11-28T09:00:00"
    moved, _ = advance(guarded, state, {"type": "variables", "variables": {"x": 2}}, evaluate=evaluate)
    assert next_due(revert(OLD, guarded, moved, receipt, evaluate=evaluate)) is None
