"""Corners of BPMN that engines differ on; each is said in the standard or in a published suite of traces."""

from __future__ import annotations

import pytest

from tests.unit.flow.drawing import event, flows, model, nodes, play, told

START_END = nodes("startEvent", "s") + nodes("endEvent", "e f")
SIGNAL = '<signal id="S" name="go"/><signalEventDefinition id="D" signalRef="S"/>'
THRICE = "<loopCardinality>3</loopCardinality>"
COMPLEX = "<complexBehaviorDefinition><condition>true</condition><event><signalEventDefinition signalRef='S'/></event></complexBehaviorDefinition>"


def inner(start: str, body: str) -> str:
    return nodes("startEvent", start) + body


@pytest.mark.parametrize(
    ("said", "more", "expected"),
    [
        ('behavior="None" noneBehaviorEventRef="D"', "", "a c a c a c b"),
        ('behavior="One" oneBehaviorEventRef="D"', "", "a c a a b"),
        ('behavior="All"', "", "a a a b"),
        ('behavior="Complex"', COMPLEX, "a c b"),
    ],
)
def test_what_instances_announce_reaches_the_boundary_and_only_a_complex_behaviour_stops_the_rest(said, more, expected):
    loop = f'<multiInstanceLoopCharacteristics isSequential="true" {said}>{THRICE}{more}</multiInstanceLoopCharacteristics>'
    body = START_END + nodes("task", "a", loop) + nodes("task", "b c")
    body += event("boundaryEvent", "edge", "signal:S", attachedToRef="a")
    result = play(model(body + flows("s -> a -> b -> e", "edge -> c -> f"), SIGNAL))
    assert sorted(result.elements("completed")) == sorted(expected.split())


def test_a_condition_that_already_holds_interrupts_before_the_sub_process_begins_its_work():
    content = inner("s2", nodes("task", "a") + nodes("endEvent", "e2") + flows("s2 -> a -> e2"))
    body = START_END + nodes("subProcess", "p", content) + nodes("task", "b c")
    body += event("boundaryEvent", "edge", "conditional:x > 1", attachedToRef="p")
    drawn = model(body + flows("s -> p -> b -> e", "edge -> c -> f"))
    assert told(play(drawn, {"x": 2})) == "?s +p ?s2 xp ?edge +c -c !f"
    assert told(play(drawn, {"x": 0})) == "?s +p ?s2 +a -a !e2 -p +b -b !e"


def test_a_catch_event_with_a_counted_cycle_lets_a_token_go_each_round():
    body = START_END + nodes("task", "a") + event("intermediateCatchEvent", "t", "cycle:R3/PT1H")
    result = play(model(body + flows("s -> t -> a -> e")))
    assert result.elements("completed") == ["a", "a", "a"]
    assert result.state == "completed"
    assert result.lines[-1].at == "2026-01-01T03:00:00"


def test_a_compensation_event_sub_process_may_undo_what_its_scope_had_done():
    undo = nodes("task", "undo", isForCompensation="true")
    undo += '<association sourceRef="edge" targetRef="undo" id="A" associationDirection="One"/>'
    handler = event("startEvent", "s3", "compensate") + event("intermediateThrowEvent", "again", "compensate")
    handler += nodes("endEvent", "e3") + flows("s3 -> again -> e3")
    content = inner("s2", nodes("task", "a") + event("boundaryEvent", "edge", "compensate", attachedToRef="a") + undo)
    content += nodes("endEvent", "e2") + flows("s2 -> a -> e2")
    content += nodes("subProcess", "handler", handler, triggeredByEvent="true")
    body = START_END + nodes("subProcess", "p", content) + event("intermediateThrowEvent", "back", "compensate")
    result = play(model(body + flows("s -> p -> back -> e")))
    assert result.elements("completed") == ["a", "p", "undo", "handler"]


@pytest.mark.parametrize(
    ("kind", "inside", "said"),
    [
        ("task", "", {"startQuantity": "0"}),
        ("task", "", {"completionQuantity": "0"}),
        (
            "scriptTask",
            "<multiInstanceLoopCharacteristics><loopCardinality>-1</loopCardinality></multiInstanceLoopCharacteristics>"
            "<script>1</script>",
            {},
        ),
        (
            "scriptTask",
            '<standardLoopCharacteristics loopMaximum="-1"><loopCondition>true</loopCondition></standardLoopCharacteristics>'
            "<script>1</script>",
            {},
        ),
    ],
)
def test_impossible_quantities_stop_the_token_with_an_incident(kind, inside, said):
    body = START_END + nodes(kind, "a", inside, **said) + nodes("task", "b")
    result = play(model(body + flows("s -> a -> b -> e")))
    assert result.state == "incident"
    assert "b" not in result.elements("entered")
